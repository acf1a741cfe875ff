"""ParallelCluster's awsb* commands: docs/clients/parallelcluster.md."""
import re

import pytest
from cluster import wait_for
from workflow import Guide, register

GUIDE = Guide("parallelcluster")


@pytest.fixture(scope="module")
def commands(batch_pool):
    register(batch_pool, "greet", ["/bin/sh", "-c", "echo hello; echo child $AWS_BATCH_JOB_ARRAY_INDEX"])
    return GUIDE.tool(batch_pool)


def test_jobs_are_listed_shown_and_read(commands):
    cluster = commands.cluster
    array = cluster.submit(None, queue="test-queue", definition="greet", size=2, name="array")
    single = cluster.submit(None, queue="test-queue", definition="greet", name="single")
    cluster.wait_state(array)
    cluster.wait_state(single)
    shown = GUIDE.follow(commands).stdout
    assert "JobQueue Healthy" in shown
    for job in (single, f"{array}:0", f"{array}:1"):
        assert re.search(rf"{job}\s+\S+\s+SUCCEEDED", shown), shown
    assert re.search(r"exitCode\s*: 0", commands.run("awsbstat", single, "-d").stdout)
    wait_for("the log is here", lambda: "child" in commands.run("awsbout", single).stdout)
    assert "child 1" in commands.run("awsbout", f"{array}:1").stdout
    first = commands.run("awsbout", "-hd", "1", single).stdout
    assert "hello" in first and "child" not in first


def test_a_job_is_killed(commands):
    cluster = commands.cluster
    job = cluster.submit(["/bin/sleep", "600"], name="endless", queue="test-queue")
    cluster.wait_state(job, ("RUNNING",))
    assert job in commands.run("awsbstat", "-s", "RUNNING").stdout
    commands.run("awsbkill", "-r", "enough", job)
    assert cluster.wait_state(job)["statusReason"] == "enough"
