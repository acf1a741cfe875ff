"""Rounds of 50,000 children in one scheduler: does it slow down with what it has done?"""
import time

from system import System, cpu_seconds, memory_peak_mib
from table import row

ROUNDS, SIZE = 20, 50_000


def once(build):
    with System(build) as system:
        system.start_scheduler()
        system.create_queue()
        report = system.start_instant_agents(16, 64, SIZE)
        pid = system.scheduler.pid
        rates, cpus = [], []
        for _ in range(ROUNDS):
            cpu, begin = cpu_seconds(pid), time.monotonic()
            job = system.submit(SIZE)
            rates.append(SIZE / (report()["at"] - begin))
            cpus.append((cpu_seconds(pid) - cpu) / SIZE * 1e6)
            system.wait_end(job)
        return rates, cpus, memory_peak_mib(pid)


def measure(build, times):
    """Once: it is long. First and last are means of three rounds, as single ones vary."""
    del times
    rates, cpus, rss = once(build)
    first, last = sum(rates[:3]) / 3, sum(rates[-3:]) / 3
    cpu_first, cpu_last = sum(cpus[:3]) / 3, sum(cpus[-3:]) / 3
    return [row("rounds 1-3", first, "children/s", all=[round(it) for it in rates]),
            row(f"rounds {ROUNDS - 2}-{ROUNDS}", last, "children/s"),
            row("last / first", last / first, "", 0.9),
            row("CPU a child, first / last", cpu_first / cpu_last, "",
                all=[round(it, 1) for it in cpus]),
            row("peak memory", rss, "MiB")]
