"""Slurm on one node in a folder of its own: own munge, controller and slurmd on free ports."""
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

COUNT = 1_000  # It is slow, and its rate does not depend on it.
# Its controller looks for what to start about once a second: with as many places as the machine has
# CPUs it would stand idle.
PLACES = 64

# https://slurm.schedmd.com/high_throughput.html: no accounting, no spool of finished jobs, short
# intervals of scheduling, few plugins.
CONFIG = """ClusterName=bench
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SlurmctldDebug=error
SlurmdDebug=error
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/backfill
SchedulerParameters=default_queue_depth=10000,sched_min_interval=2000,bf_interval=1
MaxJobCount=100000
MaxArraySize=20001
MinJobAge=2
MessageTimeout=60
ReturnToService=2
MpiDefault=none
SlurmdParameters=config_overrides
NodeName={host} NodeAddr=127.0.0.1 CPUs={places} State=UNKNOWN
PartitionName=bench Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def is_installed():
    return os.geteuid() == 0 and all(shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin")
                                     for name in ("munged", "slurmctld", "slurmd", "sbatch"))


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for it in sockets:
        it.bind(("127.0.0.1", 0))
    ports = [it.getsockname()[1] for it in sockets]
    for it in sockets:
        it.close()
    return ports


def wait_for(condition, seconds):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError("Slurm did not come along within the time")
        time.sleep(0.2)


def once(count):
    """Tasks a second of one array of /bin/true."""
    folder = Path(tempfile.mkdtemp(prefix="dray-bench-slurm-"))
    for name in ("state", "spool"):
        (folder / name).mkdir()
    config = folder / "slurm.conf"
    config.write_text(CONFIG.format(host=socket.gethostname().split(".")[0], folder=folder,
                                    ports=free_ports(2), places=PLACES), encoding="utf-8")
    key = folder / "munge.key"
    key.write_bytes(os.urandom(128))
    key.chmod(0o400)
    env = {**os.environ, "SLURM_CONF": str(config), "PATH": os.environ["PATH"] + ":/usr/sbin"}
    processes = []

    def start(*words):
        processes.append(subprocess.Popen([str(word) for word in words], env=env,
                                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def ask(*words):
        return subprocess.run(words, env=env, capture_output=True, text=True, check=False).stdout
    try:
        start("munged", "--foreground", "--force", f"--key-file={key}",
              f"--socket={folder}/munge.socket", f"--pid-file={folder}/munged.pid",
              f"--log-file={folder}/munged.log", f"--seed-file={folder}/munged.seed")
        wait_for((folder / "munge.socket").exists, 20)
        start("slurmctld", "-D", "-f", config)
        start("slurmd", "-D", "-f", config)
        wait_for(lambda: "idle" in ask("sinfo", "-h", "-o", "%t"), 60)
        begin = time.monotonic()
        ask("sbatch", f"--array=1-{count}", "-n1", "-o", "/dev/null", "-D", "/", "--wrap", "/bin/true")
        wait_for(lambda: not ask("squeue", "-h", "-t", "PD,R,CG").strip(), 600)
        return count / (time.monotonic() - begin)
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)
