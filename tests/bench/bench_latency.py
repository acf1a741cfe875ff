"""An idle system: from SubmitJob until DescribeJobs says RUNNING, one job after the other."""
import json
import subprocess

from system import QUEUE, TRUE, System
from table import row

COUNT = 100


def once(build):
    with System(build) as system:
        system.start_scheduler()
        system.create_queue(("/bin/sleep", "0.1"))
        system.start_real_agent(2)
        done = subprocess.run(
            [build / "bin" / "bench" / "start_latency", "--url", f"http://127.0.0.1:{system.port}",
             "--queue", QUEUE, "--definition", TRUE, "--count", str(COUNT)],
            env=system.environment(), capture_output=True, text=True, check=True)
        return json.loads(done.stdout)


def measure(build, times):
    runs = [once(build) for _ in range(times)]
    best = min(runs, key=lambda it: it["p50_ms"])
    return [row("submit to RUNNING, p50", best["p50_ms"], "ms", 10, False,
                p90_ms=best["p90_ms"], p99_ms=best["p99_ms"], all=[it["p50_ms"] for it in runs])]
