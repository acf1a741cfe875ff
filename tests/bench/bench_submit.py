"""SubmitJob over HTTP, durable, on 32 kept connections at once."""
from system import System, cpu_seconds
from table import row

COUNT, CONNECTIONS = 20_000, 32


def once(build, connections, *more):
    with System(build) as system:
        system.start_scheduler()
        system.create_queue()
        cpu = cpu_seconds(system.scheduler.pid)
        report = system.submit_many(COUNT, connections, more)
        cpu = cpu_seconds(system.scheduler.pid) - cpu
        return {"rate": COUNT / report["seconds"], "cpu_us": cpu / COUNT * 1e6,
                "p99_ms": report["p99_ms"]}


def measure(build, times):
    runs = [once(build, CONNECTIONS) for _ in range(times)]
    best = max(runs, key=lambda it: it["rate"])
    named = max((once(build, CONNECTIONS, "--invocations") for _ in range(times)),
                key=lambda it: it["rate"])
    return [row(f"SubmitJob, {CONNECTIONS} connections", best["rate"], "requests/s", 5_000,
                p99_ms=best["p99_ms"], all=[round(it["rate"]) for it in runs]),
            row("the same, each with an amz-sdk-invocation-id", named["rate"], "requests/s",
                p99_ms=named["p99_ms"]),
            row("scheduler's CPU", min(it["cpu_us"] for it in runs), "us/request")]
