"""Workflow tools that submit through AWS Batch, as their users run them: the real programs, with an own
home and folder, as the user that jobs have, told only where the services are.

tests/e2e/tools/install puts them into .tools; each test that needs one has a copy that jobs may enter.
"""
import json
import os
import pwd
import re
import shutil
import subprocess
import urllib.request
from pathlib import Path

import boto3
from cluster import ROOT, Program, wait_for

TOOLS = Path(os.environ.get("DRAY_TOOLS", ROOT / ".tools"))
PYTHON = "/usr/bin/python3"
RESOURCES = {"type": "EC2", "minvCpus": 0, "maxvCpus": 4, "desiredvCpus": 0,
             "instanceTypes": ["optimal"], "subnets": ["subnet-1"], "securityGroupIds": ["sg-1"],
             "instanceRole": "arn:aws:iam::123456789012:instance-profile/x"}


def job_user():
    """Jobs of a root agent run as nobody, those of an ordinary user's agent as that user."""
    return "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


class Tool:
    """One tool, for one cluster: `run` and `python` are what a user types."""

    def __init__(self, name, cluster, **environment):
        source = TOOLS / name
        assert source.exists(), f"{name} is missing: ./run-tests puts it into .tools"
        self.place = cluster.folder / "tools" / name
        if not self.place.exists():
            shutil.copytree(source, self.place)
            (self.place / "bin" / "python").symlink_to(PYTHON)
        self.folder = cluster.folder / "work" / name
        self.folder.mkdir(parents=True, exist_ok=True)
        shutil.chown(self.folder, job_user())
        self.cluster = cluster
        self.environment = cluster.tool_environment(**{
            "HOME": str(self.folder), "PYTHONPATH": str(self.place), "PYTHONDONTWRITEBYTECODE": "1",
            "PATH": f"{self.place}/bin:/usr/local/bin:/usr/bin:/bin", **environment})
        for name in ("USER", "LOGNAME", "USERNAME"):
            self.environment[name] = job_user()

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        for made in (path, path.parent):
            shutil.chown(made, job_user())
        return path

    def run(self, *words, check=True, seconds=120, **more):
        done = subprocess.run([str(word) for word in words], cwd=self.folder, capture_output=True,
                              env={**self.environment, **more}, text=True, timeout=seconds,
                              user=job_user() if os.geteuid() == 0 else None, check=False)
        if check:
            assert done.returncode == 0, f"{words}:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}"
        return done

    def python(self, *words, **more):
        return self.run(PYTHON, *words, **more)

    def give_to_jobs(self, queue="test-queue", **more):
        """Jobs of the queue find the tool, the services and the key in their environment."""
        kept = {name: value for name, value in self.environment.items()
                if name.startswith("AWS_") or name in ("PATH", "PYTHONPATH")}
        self.cluster.put(f"/dray/v1/queues/{queue}/environment", {
            "environment": [{"name": name, "value": value}
                            for name, value in {**kept, **more}.items()]})


class ObjectStore:
    """An S3 server of moto's, and one bucket."""

    def __init__(self, cluster, bucket="bucket"):
        place = TOOLS / "s3"
        assert place.exists(), "the S3 server is missing: ./run-tests puts it into .tools"
        os.environ["PYTHONPATH"] = str(place)
        try:
            self.program = Program(cluster.folder / "s3.log", PYTHON, "-m", "moto.server", "-p", "0")
        finally:
            del os.environ["PYTHONPATH"]

        def address():
            assert self.program.process.poll() is None, self.program.text()
            return re.search(r"http://127\.0\.0\.1:\d+", self.program.text())
        self.url = wait_for("the S3 server listens", address, 60)[0]
        self.bucket = bucket
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/{bucket}", method="PUT"),
                               timeout=30).close()

    def get(self, key):
        s3 = boto3.client("s3", endpoint_url=self.url, region_name="us-east-1",
                          aws_access_key_id="any", aws_secret_access_key="any")
        return s3.get_object(Bucket=self.bucket, Key=key)["Body"].read().decode()


def create_pool(cluster):
    """The environment `test-ce` and the queue `test-queue`, as people set up AWS Batch."""
    batch = cluster.client()
    batch.create_compute_environment(
        computeEnvironmentName="test-ce", type="MANAGED", state="ENABLED",
        serviceRole="arn:aws:iam::123456789012:role/b", computeResources=RESOURCES)
    batch.create_job_queue(jobQueueName="test-queue", state="ENABLED", priority=1,
                           computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "test-ce"}])
    cluster.start_agent("agent-1", "--vcpus", 4, "--memory", 8192, "--containers", "none",
                        "--environment", "test-ce")


def register(cluster, name, command, **more):
    cluster.client().register_job_definition(
        jobDefinitionName=name, type="container", containerProperties={
            "image": "native", "vcpus": 1, "memory": 128, "command": command}, **more)


def all_jobs(cluster, state):
    """Summaries of the jobs of test-queue in a state."""
    pages = cluster.client().get_paginator("list_jobs").paginate(
        jobQueue="test-queue", jobStatus=state)
    return [job for page in pages for job in page["jobSummaryList"]]




class Guide:
    """A page of docs/clients: its fenced blocks by the word behind the language."""

    def __init__(self, name):
        text = (ROOT / "docs" / "clients" / f"{name}.md").read_text()
        self.blocks = dict(re.findall(r"^```\w+ (\S+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
        self.name = name

    def tool(self, cluster, **environment):
        """The tool with all files of the page in its folder."""
        tool = Tool(self.name, cluster, **environment)
        for name, text in self.blocks.items():
            if "." in name:
                tool.write(name, text)
        return tool

    def follow(self, tool, block="run", **more):
        """What a user gets who types the lines of a block."""
        return tool.run("/bin/bash", "-e", "-o", "pipefail", "-c", self.blocks[block], **more)
