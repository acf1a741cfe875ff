"""A real scheduler, and agents of either kind, on loopback and in a folder of their own."""
import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "e2e"))

from signing import read_credentials, signed  # noqa: E402

QUEUE, TRUE = "bench", "true"


def cpu_seconds(pid):
    """What all threads of a process have run, in seconds (nanoseconds in the kernel's books)."""
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            total += int((task / "schedstat").read_text(encoding="ascii").split()[0])
        except FileNotFoundError:
            pass  # The thread has ended: at the start one checks the database.
    return total / 1e9


def memory_peak_mib(pid):
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0


class System:
    """Use it in a `with`: it ends what it started, and its folder goes."""

    def __init__(self, build):
        self.build = build
        self.folder = Path(tempfile.mkdtemp(prefix="dray-bench-"))
        self.folder.chmod(0o755)
        self.scheduler = None
        self.agents = []
        self.real_agents = []
        self.connection = None

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        for name in self.real_agents:
            subprocess.run([self.build / "bin" / "dray-agent", "--data-dir", self.folder / name,
                            "--shutdown"], capture_output=True, timeout=90, check=False)
        for process in [*self.agents, self.scheduler]:
            if process:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    # ---- programs

    def start_scheduler(self):
        """Returns the seconds until it was ready."""
        begin = time.monotonic()
        with open(self.folder / "scheduler.log", "ab") as log:
            self.scheduler = subprocess.Popen(
                [self.build / "bin" / "dray-scheduler", "--data-dir", self.folder / "scheduler",
                 "--http", "127.0.0.1:0", "--agents", "127.0.0.1:0", "--log-level", "warn",
                 "--key-rate", "0"],
                stdout=subprocess.PIPE, stderr=log, text=True)
        words = self.scheduler.stdout.readline().split()
        took = time.monotonic() - begin
        if not words or words[0] != "ready":
            raise RuntimeError("the scheduler did not start: " +
                               (self.folder / "scheduler.log").read_text(encoding="utf-8"))
        ports = dict(word.split("=") for word in words[1:])
        self.port = int(ports["http"].split(":")[1])
        self.link_port = int(ports["agents"].split(":")[1])
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        return took

    def kill_scheduler(self):
        self.scheduler.kill()
        self.scheduler.wait()

    def start_instant_agents(self, count, vcpus, every):
        """Returns their reports: a line a call, as a dict."""
        process = subprocess.Popen(
            [self.build / "bin" / "bench" / "instant_agents", "--port", str(self.link_port),
             "--count", str(count), "--vcpus", str(vcpus), "--every", str(every)],
            stdout=subprocess.PIPE, text=True)
        self.agents.append(process)

        def report():
            line = process.stdout.readline()
            if not line:
                raise RuntimeError("the instant agents ended")
            return json.loads(line)
        report()
        return report

    def start_real_agent(self, vcpus):
        name = f"agent-{len(self.real_agents)}"
        with open(self.folder / f"{name}.log", "ab") as log:
            self.agents.append(subprocess.Popen(
                [self.build / "bin" / "dray-agent", "--scheduler", f"127.0.0.1:{self.link_port}",
                 "--data-dir", self.folder / name, "--name", name, "--vcpus", str(vcpus),
                 "--memory", str(vcpus * 512)], stdout=log, stderr=log))
        self.real_agents.append(name)
        return self.wait(lambda: self.ask("GET", "/dray/v1/agents")["agents"])

    # ---- the door

    @property
    def access(self):
        """Variables that every client signs with."""
        return read_credentials(self.folder / "scheduler" / "credentials")

    def environment(self):
        return {**os.environ, **self.access}

    def ask(self, method, path, body=None):
        text = "" if body is None else json.dumps(body)
        headers = signed(self.access, method, f"127.0.0.1:{self.port}", path, text,
                         "application/json" if text else "")
        self.connection.request(method, path, text or None, headers)
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {text.decode()}")
        return json.loads(text)

    def create_queue(self, command=("/bin/true",)):
        self.ask("POST", "/v1/createcomputeenvironment",
                 {"computeEnvironmentName": "default", "type": "UNMANAGED"})
        self.ask("POST", "/v1/createjobqueue",
                 {"jobQueueName": QUEUE, "priority": 1, "computeEnvironmentOrder": [
                     {"order": 1, "computeEnvironment": "default"}]})
        self.ask("POST", "/v1/registerjobdefinition",
                 {"jobDefinitionName": TRUE, "type": "container", "containerProperties": {
                     "image": "native", "command": list(command), "resourceRequirements": [
                         {"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "16"}]}})

    @staticmethod
    def job(size=0):
        body = {"jobName": "bench", "jobQueue": QUEUE, "jobDefinition": TRUE}
        if size:
            body["arrayProperties"] = {"size": size}
        return body

    def submit(self, size=0):
        return self.ask("POST", "/v1/submitjob", self.job(size))["jobId"]

    def submit_many(self, count, connections=32, more=()):
        """By the native load generator; its report."""
        done = subprocess.run(
            [self.build / "bin" / "bench" / "submit_load", "--port", str(self.port),
             "--count", str(count), "--connections", str(connections),
             "--body", json.dumps(self.job()), *more], env=self.environment(), capture_output=True,
            text=True, check=True)
        return json.loads(done.stdout)

    def status(self, job):
        return self.ask("POST", "/v1/describejobs", {"jobs": [job]})["jobs"][0]["status"]

    def wait_end(self, job, seconds=600, pause=0.1):
        status = self.wait(lambda: (status := self.status(job)) in ("SUCCEEDED", "FAILED") and status,
                           seconds, pause)
        if status != "SUCCEEDED":
            raise RuntimeError(f"the job {job} is {status}")

    @staticmethod
    def wait(condition, seconds=60, pause=0.02):
        deadline = time.monotonic() + seconds
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() > deadline:
                raise RuntimeError("it did not come within the time")
            time.sleep(pause)
