"""kill -9 with 100,000 jobs waiting, and how long until the scheduler answers again."""
from system import System, memory_peak_mib
from table import row

JOBS = 100_000


def measure(build, times):
    with System(build) as system:
        system.start_scheduler()
        system.create_queue()
        system.submit_many(JOBS, 64)
        runs = []
        for _ in range(times):
            system.kill_scheduler()
            runs.append(system.start_scheduler())
        rss = memory_peak_mib(system.scheduler.pid)
    return [row(f"restart with {JOBS:,} waiting jobs", min(runs), "s", 2, False,
                all=[round(it, 2) for it in runs]),
            row("peak memory", rss, "MiB")]
