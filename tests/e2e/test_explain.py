"""What explain names as a way to make a job start does: each is taken at its word."""
import re

from cluster import wait_for


def ways(cluster, job):
    return cluster.own(f"/dray/v1/jobs/{job}/explain")["wouldStartIf"]


def do_what_it_says(cluster, sentence):
    """Runs the command that stands in backquotes."""
    program, *words = re.search("`([^`]+)`", sentence)[1].split()
    assert program == "dray", sentence
    done = cluster.dray(*words)
    assert done.returncode == 0, done.stderr


def waits(cluster):
    """A job that waits, and what would make it start."""
    job = cluster.submit(["/bin/true"], name="waits")
    wait_for("it waits", lambda: cluster.describe(job)["status"] == "RUNNABLE")
    return job, ways(cluster, job)


def test_what_explain_names_makes_a_job_start(cluster):
    cluster.create_queue()
    job, (joins,) = waits(cluster)
    assert joins.startswith("An agent with at least 1 vCPU and 128 MiB joins environment default")
    assert "`dray-agent --environment default`" in joins
    cluster.start_agents(1, vcpus=2)
    assert cluster.wait_state(job)["status"] == "SUCCEEDED"
    assert ways(cluster, job) == []

    large = cluster.submit(["/bin/true"], name="large", vcpus=8)
    told = cluster.dray("explain", large).stdout
    assert "It would start if:\n  - An agent with at least 8 vCPUs and 128 MiB joins" in told, told
    assert "asks for at most 2 vCPUs, which agent agent-1 has" in told, told
    cluster.client().cancel_job(jobId=large, reason="no such agent")

    cluster.dray("drain", "agent-1")
    job, (undrain, *_) = waits(cluster)
    do_what_it_says(cluster, undrain)
    assert cluster.wait_state(job)["status"] == "SUCCEEDED"

    gate = cluster.folder / "gate"
    runs = cluster.submit(["/bin/sh", "-c", f"until [ -e {gate} ]; do sleep 0.05; done"], name="runs",
                          vcpus=2)
    cluster.wait_state(runs, ("RUNNING",))
    behind = cluster.submit(["/bin/true"], name="behind")
    wait_for("its holder is named", lambda: any(f"job {runs} holds" in it
                                                for it in ways(cluster, behind)))
    gate.touch()
    assert cluster.wait_state(behind)["status"] == "SUCCEEDED"


def test_a_held_job_and_a_limited_queue_name_their_commands(cluster):
    cluster.start_agents(1, vcpus=2)
    cluster.create_queue()
    cluster.dray("drain", "agent-1")
    job = cluster.submit(["/bin/true"], name="held")
    assert cluster.dray("hold", job).returncode == 0
    cluster.dray("undrain", "agent-1")
    wait_for("nothing else lacks", lambda: ways(cluster, job) ==
             [f"It is released (`dray release {job}`)."])
    do_what_it_says(cluster, ways(cluster, job)[0])
    assert cluster.wait_state(job)["status"] == "SUCCEEDED"

    gate = cluster.folder / "gate"
    first = cluster.submit(["/bin/sh", "-c", f"until [ -e {gate} ]; do sleep 0.05; done"], name="first")
    cluster.wait_state(first, ("RUNNING",))
    assert cluster.dray("limit-queue", "default", "--max-running", "1").returncode == 0
    second, (limit,) = waits(cluster)
    do_what_it_says(cluster, limit)
    assert cluster.wait_state(second)["status"] == "SUCCEEDED"
    gate.touch()
    assert cluster.wait_state(first)["status"] == "SUCCEEDED"
