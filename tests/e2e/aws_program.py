"""`aws batch ...` as its users type it: the real program in processes of its own, against real agents.

Jobs write what they do into the folder `world`, so that answers are held against what happened there.
"""
import gzip
import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import botocore
from clients import Refusal
from cluster import processes_of, wait_for

# A job that does what its parameter `do` says, in the world's folder.
SMALL = [{"type": "VCPU", "value": "0.25"}, {"type": "MEMORY", "value": "16"}]
ENDED = ("SUCCEEDED", "FAILED")


def hold(gate):
    """A line of shell that goes on when the file is there."""
    return f"until [ -e {gate} ]; do sleep 0.02; done"


def inside(place):
    """A line of shell: what comes after it runs in a folder of its own, by which its processes are known."""
    return f"mkdir -p {place}; cd {place}"


class AwsBatch:
    """Calls are `aws("submit-job", "--job-name", "x", ...)`: the answer, or a Refusal."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.world = cluster.folder / "world"
        self.world.mkdir()
        self.world.chmod(0o777)

    def __call__(self, operation, *words):
        said = self.say(operation, *words)
        return json.loads(said) if said else None

    def say(self, operation, *words):
        """What it prints. Whatever is no word yet is given as JSON."""
        typed = [json.dumps(word) if isinstance(word, (dict, list)) else word for word in words]
        done = self.cluster.aws("batch", operation, *typed, check=False)
        if done.returncode:
            refused = re.search(r"An error occurred \((\w+)\) when calling the \w+ operation: (.*)",
                                done.stderr, re.DOTALL)
            assert refused, f"{operation} {words}: {done.stderr}"
            raise Refusal(refused[1], refused[2].strip())
        return done.stdout.strip()

    def text(self, operation, *words, query):
        return self.say(operation, *words, "--query", query, "--output", "text")

    @staticmethod
    def at_once(*calls):
        """The answers of calls that do not wait for each other; starting `aws` is what takes time."""
        with ThreadPoolExecutor(4) as pool:
            return [each.result() for each in [pool.submit(call) for call in calls]]

    def know_newest_operations(self):
        """Gives the program boto3's model of AWS Batch, as `aws configure add-model` does: its own may
        be older than CancelJobs."""
        (model,) = Path(botocore.__file__).parent.glob("data/batch/*/service-2.json.gz")
        place = self.cluster.folder / ".aws" / "models" / "batch" / model.parent.name
        place.mkdir(parents=True)
        (place / "service-2.json").write_bytes(gzip.decompress(model.read_bytes()))

    # ---- what nearly every user types

    def create_environment(self, name, *words):
        self("create-compute-environment", "--compute-environment-name", name, "--type", "UNMANAGED",
             "--state", "ENABLED", *words)

    def create_queue(self, name, *environments, priority=1, more=()):
        order = [f"order={n},computeEnvironment={name}" for n, name in enumerate(environments, 1)]
        return self.text("create-job-queue", "--job-queue-name", name, "--state", "ENABLED",
                         "--priority", priority, "--compute-environment-order", *order, *more,
                         query="jobQueueArn")

    def start_pool(self, name="pool", vcpus=2, agents=1):
        """An environment with agents, and its queue of the same name."""
        for number in range(1, agents + 1):
            self.cluster.start_agent(f"{name}-{number}", "--vcpus", vcpus, "--memory", 1024,
                                     "--containers", "none", "--environment", name)
        self.create_environment(name)
        self.create_queue(name, name)

    def register(self, name, command, *words, **more):
        """A definition of a native program: NAME:REVISION."""
        properties = {"image": "native", "command": command, "resourceRequirements": SMALL, **more}
        return self.text("register-job-definition", "--job-definition-name", name, "--type", "container",
                         "--container-properties", properties, *words,
                         query="join(':', [jobDefinitionName, to_string(revision)])")

    def register_script(self):
        """The definition `script`."""
        return self.register("script", ["/bin/sh", "-c", f"cd {self.world}; Ref::do"],
                             "--parameters", "do=true")

    def submit(self, name, do=None, *words, queue="pool", definition="script"):
        """Submits it; the job's id."""
        given = ("--parameters", {"do": do}) if do else ()
        return self.text("submit-job", "--job-name", name, "--job-queue", queue, "--job-definition",
                         definition, *given, *words, query="jobId")

    def describe(self, *jobs):
        """What is shown of jobs, in their order."""
        found = {job["jobId"]: job for job in self("describe-jobs", "--jobs", *jobs)["jobs"]}
        return [found[job] for job in jobs]

    def show(self, *jobs, states=ENDED):
        """The same when all of them are in one of these states."""
        def reached():
            shown = self.describe(*jobs)
            return shown if all(job["status"] in states for job in shown) else None
        return wait_for(f"{jobs} to be {states}", reached)

    # ---- the world

    def said(self, name="log"):
        """The lines that jobs have appended to one of the world's files."""
        path = self.world / name
        return path.read_text().splitlines() if path.exists() else []

    def wait_said(self, *lines, name="log"):
        wait_for(f"{name} to have {lines}", lambda: set(lines) <= set(self.said(name)), 30)

    def living(self, place):
        """Pids of the processes that went `inside` a place."""
        return processes_of(self.world / place)

    def touch(self, *gates):
        for gate in gates:
            (self.world / gate).touch()


def refusal(call):
    """The words with which AWS Batch refuses a call, always a ClientException."""
    try:
        answer = call()
    except Refusal as refused:
        assert refused.code == "ClientException", refused
        return refused.message
    raise AssertionError(f"it was taken: {answer}")
