"""The server under test: a running one (DRAY_CONFORMANCE_URL), real programs started for it
(DRAY_CONFORMANCE=real), or the door alone before a scheduler in memory."""
import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from cluster import ACCESS, BUILD, VENV_BIN, Cluster, boto_client  # noqa: E402
from shapes import watch  # noqa: E402


@pytest.fixture(scope="session")
def url():
    if os.environ.get("DRAY_CONFORMANCE_URL"):
        yield os.environ["DRAY_CONFORMANCE_URL"]
    elif os.environ.get("DRAY_CONFORMANCE") == "real":
        cluster = Cluster()
        try:
            cluster.start_scheduler()
            cluster.start_agents(1)
            ACCESS.update(cluster.access)
            yield cluster.url
        finally:
            cluster.clean_up(keep=False)
    else:
        process = subprocess.Popen([BUILD / "bin" / "tests" / "fake_scheduler"],
                                   stdout=subprocess.PIPE, text=True)
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().split()[1]}"
        finally:
            process.terminate()
            process.wait(30)


class Door:
    """boto3 and the AWS CLI, unmodified but for the endpoint, at one server."""

    def __init__(self, url):
        self.url = url
        self.wrong_shapes = []
        self.batch = self.client("batch")
        self.logs = self.client("logs")

    def client(self, service):
        client = boto_client(service, self.url, ACCESS, retries={"max_attempts": 0}, read_timeout=30)
        return watch(client, self.wrong_shapes)

    def aws(self, *words, fails=False):
        """The AWS CLI: its output, or its complaint."""
        done = subprocess.run(
            [VENV_BIN / "aws", "--endpoint-url", self.url, "--output", "json", *words],
            env={**os.environ, **ACCESS, "AWS_PAGER": "", "AWS_EC2_METADATA_DISABLED": "true"},
            capture_output=True, text=True, timeout=60, check=False)
        assert (done.returncode != 0) == fails, done.stdout + done.stderr
        return done.stderr if fails else done.stdout


@pytest.fixture(scope="session")
def door(url):
    """Also holds a queue `conformance` on the environment `default`, and a definition `hello`."""
    door = Door(url)
    if not door.batch.describe_compute_environments(
            computeEnvironments=["default"])["computeEnvironments"]:
        door.batch.create_compute_environment(computeEnvironmentName="default", type="UNMANAGED")
    if not door.batch.describe_job_queues(jobQueues=["conformance"])["jobQueues"]:
        door.batch.create_job_queue(
            jobQueueName="conformance", priority=1, tags={"purpose": "test"},
            computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "default"}])
    door.batch.register_job_definition(
        jobDefinitionName="hello", type="container",
        containerProperties={"image": "native", "command": ["/bin/echo", "hello"],
                             "resourceRequirements": [{"type": "VCPU", "value": "0.1"},
                                                      {"type": "MEMORY", "value": "32"}]})
    return door


@pytest.fixture(autouse=True)
def every_answer_fits_the_model(door):
    door.wrong_shapes.clear()
    yield
    assert not door.wrong_shapes
