"""The HTTP door alone: the cheapest request on 32 kept connections, quiet and under attack."""
import json
import resource
import subprocess
import sys
import threading
from pathlib import Path

from system import System, cpu_seconds
from table import row

sys.path.append(str(Path(__file__).resolve().parent.parent / "e2e"))

from attacks import HOST, Crowd, memory_mib  # noqa: E402

COUNT, CONNECTIONS, IDLE, SLOW = 50_000, 32, 10_000, 500


def ask_many(system, connections, count=COUNT):
    pid = system.scheduler.pid
    cpu = cpu_seconds(pid)
    done = subprocess.run(
        [system.build / "bin" / "bench" / "submit_load", "--port", str(system.port), "--count",
         str(count), "--connections", str(connections), "--path", "/v1/describejobs",
         "--body", '{"jobs":[]}'], env=system.environment(), capture_output=True, text=True,
        check=True)
    report = json.loads(done.stdout)
    return {"rate": count / report["seconds"], "p99_ms": report["p99_ms"],
            "cpu_us": (cpu_seconds(pid) - cpu) / count * 1e6}


def verify_us(build):
    done = subprocess.run([build / "bin" / "bench" / "verify_cost"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)["us"]


def once(build):
    with System(build) as system:
        system.start_scheduler()
        quiet = ask_many(system, CONNECTIONS)
        before = memory_mib(system.scheduler.pid)
        address = f"127.0.0.1:{system.port}"
        slow_head = f"GET /livez HTTP/1.1\r\n{HOST}A: ".encode()
        slow_body = f"POST /v1/submitjob HTTP/1.1\r\n{HOST}Content-Length: 1000\r\n\r\n{{".encode()
        with Crowd(address, IDLE, b""), Crowd(address, SLOW, slow_head) as heads, \
                Crowd(address, SLOW, slow_body) as bodies:
            is_over = threading.Event()

            def drip():
                while not is_over.wait(0.1):
                    heads.drip(b"a")
                    bodies.drip(b" ")
            dripping = threading.Thread(target=drip)
            dripping.start()
            try:
                # One at a time: what a client sees, not what a queue of clients sees.
                attacked = ask_many(system, 1, 5_000)
            finally:
                is_over.set()
                dripping.join()
            grown = memory_mib(system.scheduler.pid) - before
        return quiet, attacked, grown


def measure(build, times):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        runs = [once(build) for _ in range(times)]
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    best = max((quiet for quiet, _, _ in runs), key=lambda it: it["rate"])
    return [row(f"DescribeJobs of nothing, {CONNECTIONS} connections", best["rate"], "requests/s",
                p99_ms=best["p99_ms"], all=[round(quiet["rate"]) for quiet, _, _ in runs]),
            row("scheduler's CPU, gate, signature and all",
                min(quiet["cpu_us"] for quiet, _, _ in runs), "us/request", 60, False),
            row("of it the signature", min(verify_us(build) for _ in range(times)), "us/request"),
            row(f"p99 beside {IDLE:,} idle and {2 * SLOW:,} slow clients",
                max(attacked["p99_ms"] for _, attacked, _ in runs), "ms", 100, False),
            row("memory that they cost", max(grown for _, _, grown in runs), "MiB", 50, False)]
