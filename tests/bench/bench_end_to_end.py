"""10,000 x /bin/true as real processes, beside a bare posix_spawn loop and GNU parallel."""
import json
import os
import shutil
import subprocess
import time

from system import System, cpu_seconds
from table import row

COUNT = 10_000


def bare_once(build, at_once, count=COUNT):
    done = subprocess.run([build / "bin" / "bench" / "spawn_loop", str(count), str(at_once),
                           "/bin/true"], capture_output=True, text=True, check=True)
    return count / json.loads(done.stdout)["seconds"]


def parallel_once(at_once):
    """GNU parallel with one tenth of the work: it is slow, and its rate does not depend on it."""
    count = COUNT // 10
    numbers = "".join(f"{i}\n" for i in range(count))
    begin = time.monotonic()
    subprocess.run(["parallel", "-j", str(at_once), "/bin/true", "{}"], input=numbers, text=True,
                   check=True, capture_output=True)
    return count / (time.monotonic() - begin)


def dray_once(build, at_once, count=COUNT):
    with System(build) as system:
        system.start_scheduler()
        system.create_queue()
        system.start_real_agent(at_once)
        # Once before: files and pages that every job needs are there.
        system.wait_end(system.submit(100))
        pids = [system.scheduler.pid, system.agents[0].pid]
        cpu = [cpu_seconds(pid) for pid in pids]
        begin = time.monotonic()
        job = system.submit(count)
        system.wait_end(job)
        seconds = time.monotonic() - begin
        used = [(cpu_seconds(pid) - before) / count * 1e6 for pid, before in zip(pids, cpu)]
        return {"rate": count / seconds, "scheduler_us": round(used[0]), "agent_us": round(used[1])}


def measure(build, times):
    at_once = os.cpu_count()
    bare, dray, parallel = [], [], []
    for _ in range(times):  # In turns, so that the machine's load is the same for all.
        bare.append(bare_once(build, at_once))
        dray.append(dray_once(build, at_once))
        if shutil.which("parallel"):
            parallel.append(parallel_once(at_once))
    ratios = [it["rate"] / one for it, one in zip(dray, bare)]
    best = max(dray, key=lambda it: it["rate"])
    rows = [row(f"bare posix_spawn, {at_once} at once", max(bare), "processes/s",
                all=[round(it) for it in bare]),
            row("Dray, control groups and logs on", best["rate"], "processes/s",
                scheduler_us=best["scheduler_us"], agent_us=best["agent_us"],
                all=[round(it["rate"]) for it in dray]),
            row("Dray / bare, same turn", max(ratios), "", 0.5,
                all=[round(it, 2) for it in ratios])]
    if parallel:
        rows.append(row("GNU parallel", max(parallel), "processes/s",
                        all=[round(it) for it in parallel]))
    return rows
