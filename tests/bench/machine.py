"""What a figure means nothing without: the commit, the machine, its disk and its load."""
import os
import platform
import statistics
import subprocess
import tempfile
import time
from pathlib import Path


def fsync_ms(folder, times=100):
    """Median of a 4 KiB append and fdatasync, in milliseconds: what a durable commit costs at least."""
    took = []
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        for _ in range(times):
            os.write(file.fileno(), b"x" * 4096)
            begin = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - begin) * 1000)
    return round(statistics.median(took), 3)


def describe_machine(source, build):
    def git(*words):
        done = subprocess.run(["git", "-C", source, *words], capture_output=True, text=True,
                              check=False)
        return done.stdout.strip()
    model = [line.split(":", 1)[1].strip()
             for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
             if line.startswith("model name")]
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "commit": git("rev-parse", "--short", "HEAD") + ("+" if git("status", "--porcelain") else ""),
        "cpus": os.cpu_count(),
        "cpu": model[0] if model else platform.machine(),
        "memory_gib": round(pages / 2**30, 1),
        "kernel": platform.release(),
        "fsync_ms": fsync_ms(tempfile.gettempdir()),
        "load_before": round(os.getloadavg()[0], 2),
    }
