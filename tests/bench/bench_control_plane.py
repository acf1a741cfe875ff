"""Children a second through the control plane: real scheduler, store and link; instant agents."""
import time

from system import System, cpu_seconds, memory_peak_mib
from table import row

AGENTS, VCPUS = 16, 64


def array_once(build, size):
    with System(build) as system:
        system.start_scheduler()
        system.create_queue()
        report = system.start_instant_agents(AGENTS, VCPUS, size)
        pid = system.scheduler.pid
        cpu, begin = cpu_seconds(pid), time.monotonic()
        job = system.submit(size)
        seconds = report()["at"] - begin
        cpu = cpu_seconds(pid) - cpu
        system.wait_end(job)
        return {"rate": size / seconds, "cpu_us": cpu / size * 1e6, "rss": memory_peak_mib(pid)}


def singles_once(build, count):
    """They wait already when the agents come."""
    with System(build) as system:
        system.start_scheduler()
        system.create_queue()
        system.submit_many(count)
        pid = system.scheduler.pid
        cpu = cpu_seconds(pid)
        report = system.start_instant_agents(AGENTS, VCPUS, count)
        done = report()
        cpu = cpu_seconds(pid) - cpu
        return {"rate": count / (done["at"] - done["first_at"]), "cpu_us": cpu / count * 1e6,
                "rss": memory_peak_mib(pid)}


def measure(build, times):
    rows = []
    for what, once, count in (("array of 10,000", array_once, 10_000),
                              ("array of 100,000", array_once, 100_000),
                              ("10,000 single jobs", singles_once, 10_000)):
        runs = [once(build, count) for _ in range(times)]
        rows += [
            row(f"{what}: rate", max(it["rate"] for it in runs), "children/s", 20_000,
                all=[round(it["rate"]) for it in runs]),
            row(f"{what}: scheduler's CPU", min(it["cpu_us"] for it in runs), "us/child", 50, False,
                all=[round(it["cpu_us"], 1) for it in runs]),
            row(f"{what}: peak memory", max(it["rss"] for it in runs), "MiB")]
    return rows
