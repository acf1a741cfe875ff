"""A real scheduler and real agents on loopback, for one test.

Free ports, an own folder that the jobs' user can enter, waiting by condition with a deadline, and a
clean-up that leaves no process: agents, supervisors, jobs. Where the logs are is said on failure.
"""
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from signing import read_credentials

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("DRAY_BUILD", ROOT / "build" / "dev")).resolve()
VENV_BIN = Path(os.environ.get("DRAY_VENV", ROOT / ".venv")) / "bin"
# What the scheduler in memory (tests/support/fake_scheduler.cc) knows.
ACCESS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example",
          "AWS_DEFAULT_REGION": "us-east-1"}


def boto_client(service, url, access, **config):
    """The real boto3, unmodified but for the endpoint."""
    return boto3.client(service, endpoint_url=url, region_name=access["AWS_DEFAULT_REGION"],
                        aws_access_key_id=access["AWS_ACCESS_KEY_ID"],
                        aws_secret_access_key=access["AWS_SECRET_ACCESS_KEY"], config=Config(**config))


def wait_for(what, condition, seconds=60.0):
    """The condition's first true value. `what` is told when the time is over."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.05)


def processes_of(folder):
    """Pids of all processes that have to do with a folder: by command line, environment or cwd."""
    folder, found = str(folder), []
    for entry in os.listdir("/proc"):
        if not entry.isdigit() or int(entry) == os.getpid():
            continue
        try:
            words = Path("/proc", entry, "cmdline").read_bytes()
            words += Path("/proc", entry, "environ").read_bytes()
            here = os.readlink(f"/proc/{entry}/cwd")
        except OSError:
            continue
        if folder.encode() in words or here.startswith(folder):
            found.append(int(entry))
    return found


class Program:
    """One of Dray's programs as a process, with its output in a file."""

    def __init__(self, log, *command):
        self.log = log
        self.command = [str(word) for word in command]
        self.output = open(log, "ab")
        self.begin = log.stat().st_size
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=self.output,
                                        stderr=self.output, start_new_session=True)

    def ready(self):
        """The words of its ready line, as a dict where they are NAME=VALUE."""
        def line():
            assert self.process.poll() is None, f"{self.command[0]} ended:\n{self.text()}"
            return [x for x in self.text().splitlines() if x.startswith("ready ")]
        words = wait_for(f"{self.command[0]} is ready", line, 30)[0].split()
        return dict(word.split("=", 1) for word in words if "=" in word)

    def text(self):
        with open(self.log, "rb") as file:
            file.seek(self.begin)
            return file.read().decode(errors="replace")

    def end(self, number=signal.SIGKILL, seconds=30):
        if self.process.poll() is None:
            self.process.send_signal(number)
        code = self.process.wait(seconds)
        self.output.close()
        return code


class Cluster:
    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="dray-e2e-"))
        self.folder.chmod(0o755)
        self.data = self.folder / "scheduler"
        self.scheduler = None
        self.agents = {}
        self.agent_options = {}
        self.http = "127.0.0.1:0"
        self.link = "127.0.0.1:0"

    # ---- programs

    def start_scheduler(self, *options):
        """Starts it, again on its old ports when it ran before."""
        self.scheduler = Program(
            self.folder / "scheduler.log", BUILD / "bin" / "dray-scheduler",
            "--data-dir", self.data, "--http", self.http, "--agents", self.link,
            *options)
        ready = self.scheduler.ready()
        self.http, self.link = ready["http"], ready["agents"]

    def kill_scheduler(self, number=signal.SIGKILL):
        return self.scheduler.end(number)

    def start_agents(self, count, vcpus=2, memory=2048):
        for number in range(count):
            self.start_agent(f"agent-{number + 1}", "--vcpus", vcpus, "--memory", memory,
                             "--containers", "none")

    def start_agent(self, name, *options):
        self.agent_options[name] = options or self.agent_options.get(name, ())
        self.agents[name] = Program(
            self.folder / f"{name}.log", BUILD / "bin" / "dray-agent", "--scheduler", self.link,
            "--data-dir", self.folder / name, "--name", name, *self.agent_options[name])
        self.agents[name].ready()

    def kill_agent(self, name, number=signal.SIGKILL):
        return self.agents[name].end(number)

    def clean_up(self, keep):
        """Ends everything; returns the folder when it is kept."""
        for name, agent in self.agents.items():
            if (self.folder / name).exists():
                subprocess.run([BUILD / "bin" / "dray-agent", "--data-dir", self.folder / name,
                                "--shutdown"], capture_output=True, timeout=90, check=False)
        for program in [*self.agents.values(), self.scheduler]:
            if program:
                program.end()
        for pid in processes_of(self.folder):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if keep:
            return self.folder
        shutil.rmtree(self.folder, ignore_errors=True)
        return None

    # ---- clients

    @property
    def credentials_file(self):
        """The admin's key, as the scheduler's first start has written it."""
        return self.data / "credentials"

    @property
    def access(self):
        """Variables with which every client signs as the admin."""
        return read_credentials(self.credentials_file)

    @property
    def url(self):
        return f"http://{self.http}"

    def client(self, service="batch"):
        """The real boto3. It tries again while nobody answers."""
        return boto_client(service, self.url, self.access, connect_timeout=5, read_timeout=30,
                           retries={"mode": "standard", "max_attempts": 8})

    def tool_environment(self, **more):
        """What a tool is told by its environment: the endpoints of every service, region and key."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return {**inherited, **self.access, "AWS_REGION": self.access["AWS_DEFAULT_REGION"],
                "HOME": str(self.folder), "AWS_PAGER": "",
                "AWS_EC2_METADATA_DISABLED": "true", "AWS_ENDPOINT_URL": self.url, **more}

    def aws(self, *words, check=True):
        """The real AWS CLI; its standard output."""
        done = subprocess.run(
            [VENV_BIN / "aws", "--endpoint-url", self.url, "--output", "json", *map(str, words)],
            env={**os.environ, **self.access, "AWS_PAGER": "", "HOME": str(self.folder)},
            capture_output=True, text=True, timeout=60, check=False)
        if check:
            assert done.returncode == 0, done.stderr
        return done.stdout if check else done

    def put(self, path, what):
        """A PUT of one of Dray's own paths."""
        return self.send("PUT", path, json.dumps(what).encode())

    def own(self, path, **what):
        """What a path answers, as boto3 cannot ask it: a POST when there is something to send."""
        body = json.dumps(what).encode() if what else None
        return json.loads(self.send("POST" if what else "GET", path, body))

    def send(self, method, path, body):
        head = {"Content-Type": "application/json"} if body else {}
        signed = AWSRequest(method, f"{self.url}{path}", head, body)
        SigV4Auth(Credentials(self.access["AWS_ACCESS_KEY_ID"], self.access["AWS_SECRET_ACCESS_KEY"]),
                  "batch", self.access["AWS_DEFAULT_REGION"]).add_auth(signed)
        request = urllib.request.Request(signed.url, body, dict(signed.headers), method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    def dray(self, *words):
        """Our own command line; the finished process."""
        return subprocess.run([BUILD / "bin" / "dray", "--url", self.url, *map(str, words)],
                              env={**os.environ, **self.access}, capture_output=True, text=True, timeout=120, check=False)

    # ---- what most tests need

    def wait_for_agent(self, name):
        """Until the scheduler hears it: it knows agents of before from its first moment on."""
        wait_for(f"{name} is heard", lambda: any(
            agent["name"] == name and agent["state"] == "ready"
            for agent in self.own("/dray/v1/agents")["agents"]))

    def create_queue(self, name="default", environment="default", priority=1):
        batch = self.client()
        if not batch.describe_compute_environments(
                computeEnvironments=[environment])["computeEnvironments"]:
            batch.create_compute_environment(computeEnvironmentName=environment, type="UNMANAGED")
        batch.create_job_queue(jobQueueName=name, priority=priority, computeEnvironmentOrder=[
            {"order": 1, "computeEnvironment": environment}])

    def register(self, name, command, vcpus=1, memory=128, **more):
        answer = self.client().register_job_definition(
            jobDefinitionName=name, type="container", containerProperties={
                "image": "native", "command": command,
                "resourceRequirements": [{"type": "VCPU", "value": str(vcpus)},
                                         {"type": "MEMORY", "value": str(memory)}]}, **more)
        return f"{answer['jobDefinitionName']}:{answer['revision']}"

    def submit(self, command, name="job", queue="default", size=None, definition=None, vcpus=1,
               memory=128, **more):
        """Submits a command; returns the job's id."""
        definition = definition or self.register(name, command, vcpus, memory)
        if size:
            more["arrayProperties"] = {"size": size}
        return self.client().submit_job(jobName=name, jobQueue=queue, jobDefinition=definition,
                                        **more)["jobId"]

    def describe(self, job):
        return self.client().describe_jobs(jobs=[job])["jobs"][0]

    def wait_state(self, job, states=("SUCCEEDED", "FAILED"), seconds=60):
        batch = self.client()

        def reached():
            found = batch.describe_jobs(jobs=[job])["jobs"][0]
            return found if found["status"] in states else None
        try:
            return wait_for(f"job {job} is {' or '.join(states)}", reached, seconds)
        except AssertionError as late:
            raise AssertionError(f"{late}; it is {self.describe(job)}") from None

    def log_of(self, job):
        """All lines of a job's latest attempt."""
        stream = self.describe(job)["container"]["logStreamName"]
        logs, lines, token = self.client("logs"), [], None
        while True:
            more = {"nextToken": token} if token else {}
            answer = logs.get_log_events(logGroupName="/aws/batch/job", logStreamName=stream,
                                         startFromHead=True, **more)
            lines += [event["message"] for event in answer["events"]]
            if answer["nextForwardToken"] == token:
                return lines
            token = answer["nextForwardToken"]


class Witness:
    """A file outside the system to which the jobs themselves append what they do."""

    def __init__(self, folder):
        self.path = folder / "witness"
        self.path.touch()
        self.path.chmod(0o666)

    def command(self, work="sleep 0.2"):
        """A job that appends `child attempt pid start`, works, and appends the same with `end`."""
        me = '"${AWS_BATCH_JOB_ARRAY_INDEX:-0} $AWS_BATCH_JOB_ATTEMPT $$'
        return ["/bin/sh", "-c",
                f'echo {me} start" >> {self.path}; {work}; echo {me} end" >> {self.path}']

    def lines(self):
        return [line.split() for line in self.path.read_text().splitlines()]

    def starts(self):
        return sum(1 for line in self.lines() if line[3] == "start")

    def check_exactly_once(self, children):
        """Every child's work was done once, by one attempt, and no attempt overlapped another."""
        running, ended = {}, {}
        for child, attempt, pid, what in self.lines():
            if what == "start":
                assert child not in running, f"child {child}: attempt {attempt} began beside " \
                                             f"{running[child]}"
                running[child] = (attempt, pid)
            else:
                assert running.pop(child, None) == (attempt, pid), f"child {child}: a stray end"
                ended[child] = ended.get(child, 0) + 1
        assert not running, f"began and never ended: {running}"
        assert ended == {str(child): 1 for child in range(children)}
