"""DescribeJobs of 100 jobs, on 32 kept connections at once."""
import json
import subprocess

from system import System, cpu_seconds
from table import row

JOBS, COUNT, CONNECTIONS = 100, 5_000, 32


def once(build):
    with System(build) as system:
        system.start_scheduler()
        system.create_queue()
        body = json.dumps({"jobs": [system.submit() for _ in range(JOBS)]})
        pid = system.scheduler.pid
        cpu = cpu_seconds(pid)
        done = subprocess.run(
            [build / "bin" / "bench" / "submit_load", "--port", str(system.port), "--count", str(COUNT),
             "--connections", str(CONNECTIONS), "--path", "/v1/describejobs", "--body", body],
            env=system.environment(), capture_output=True, text=True, check=True)
        report = json.loads(done.stdout)
        return {"rate": COUNT / report["seconds"], "p99_ms": report["p99_ms"],
                "cpu_us": (cpu_seconds(pid) - cpu) / COUNT * 1e6}


def measure(build, times):
    runs = [once(build) for _ in range(times)]
    best = max(runs, key=lambda it: it["rate"])
    return [row(f"DescribeJobs of {JOBS} ids, {CONNECTIONS} connections", best["rate"], "requests/s", 2_000,
                p99_ms=best["p99_ms"], all=[round(it["rate"]) for it in runs]),
            row("scheduler's CPU", min(it["cpu_us"] for it in runs), "us/request")]
