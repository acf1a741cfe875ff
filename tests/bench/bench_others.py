"""The same many x true on HyperQueue and Slurm, one node, where they can be had; and on Dray.

HyperQueue comes from PyPI into the build folder; Slurm is Debian's slurm-wlm when it is installed,
tuned as its high-throughput guide says. Nothing of either touches the machine's own set-up.
"""
import os
import subprocess
import sys
from pathlib import Path

import slurm
from bench_end_to_end import bare_once, dray_once
from table import row

HERE = Path(__file__).resolve().parent
COUNT = 3_000


def hyperqueue_python(build):
    """A Python that knows HyperQueue, or nothing."""
    folder = build / "others"
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    done = subprocess.run([python, "-m", "pip", "--disable-pip-version-check", "install", "-q", "-r",
                           HERE / "requirements.txt"], check=False)
    return python if done.returncode == 0 else None


def hyperqueue_once(python, at_once):
    done = subprocess.run([python, HERE / "hyperqueue_tasks.py", str(COUNT), str(at_once)],
                          capture_output=True, text=True, check=True)
    return COUNT / float(done.stdout.split()[-1])


def measure(build, times):
    at_once = os.cpu_count()
    python = hyperqueue_python(build)
    bare, dray, hyperqueue, slurms = [], [], [], []
    for _ in range(times):  # In turns: the machine's load is the same for all.
        bare.append(bare_once(build, at_once, COUNT))
        dray.append(dray_once(build, at_once, COUNT)["rate"])
        if python:
            hyperqueue.append(hyperqueue_once(python, at_once))
        if slurm.is_installed():
            slurms.append(slurm.once(slurm.COUNT))
    rows = [row(what, max(rates), "processes/s", all=[round(it) for it in rates])
            for what, rates in ((f"bare posix_spawn, {at_once} at once", bare), ("Dray", dray),
                                ("HyperQueue, not durable", hyperqueue),
                                (f"Slurm, array of {slurm.COUNT:,}, {slurm.PLACES} places", slurms)) if rates]
    return rows
