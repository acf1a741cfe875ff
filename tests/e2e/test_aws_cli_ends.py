"""Timeouts, cancel and terminate with the AWS CLI alone, looked at in the processes of the jobs.

AWS's shortest timeout is a minute, so the jobs that run into theirs begin first and the other tests
pass the time.
"""
import signal
import time

import pytest
from aws_program import AwsBatch, hold, refusal
from cluster import processes_of, wait_for

UNKNOWN = "4c7599ae-0a82-49aa-ba5a-4727fcce14a8"
# Says that it began and that it was told to end, with a child that listens to nothing.
STAYS = ("trap 'echo NAME term >> ends; exit 9' TERM; "
         "setsid sh -c \"trap '' TERM HUP; : MARK-NAME; while :; do sleep 0.1; done\" & "
         "echo NAME begins >> ends; while :; do sleep 0.05; done")


def stays(name):
    return STAYS.replace("NAME", name)


def processes(name):
    """What lives of such a job."""
    return processes_of(f"MARK-{name}")


@pytest.fixture(scope="module")
def aws(bare_system):
    aws = AwsBatch(bare_system)
    aws.know_newest_operations()
    aws.start_pool(vcpus=2)
    aws.start_pool("lonely", vcpus=1)
    aws.register_script()
    return aws


class Overdue:
    """Jobs with a timeout of a minute: one on a machine whose agent dies, one with a rule to try again,
    an array of two."""

    def __init__(self, aws):
        aws.register("impatient", ["/bin/sh", "-c", f"cd {aws.world}; Ref::do"], "--timeout",
                     "attemptDurationSeconds=60", "--parameters", "do=true")
        limit = ("--timeout", "attemptDurationSeconds=60", "--retry-strategy", "attempts=3")
        self.begun = time.monotonic()
        self.orphan, self.alone, self.array, self.longer = aws.at_once(
            lambda: aws.submit("orphan", stays("orphan"), *limit, queue="lonely"),
            lambda: aws.submit("alone", stays("alone"), *limit),
            lambda: aws.submit("array", "[ $AWS_BATCH_JOB_ARRAY_INDEX = 0 ] || exec sleep 600",
                               "--array-properties", "size=2", definition="impatient"),
            lambda: aws.submit("longer", hold("longer"), "--timeout", "attemptDurationSeconds=3600",
                               definition="impatient"))
        aws.wait_said("orphan begins", "alone begins", name="ends")
        aws.cluster.kill_agent("lonely-1", signal.SIGKILL)


@pytest.fixture(scope="module", autouse=True)
def overdue(aws):
    return Overdue(aws)


def test_a_timeout_below_a_minute_is_refused(aws):
    short = ("--timeout", "attemptDurationSeconds=59")
    assert aws.at_once(
        lambda: refusal(lambda: aws.submit("short", None, *short)),
        lambda: refusal(lambda: aws.register("short", ["true"], *short))) == [
            "attemptDurationSeconds must be at least 60"] * 2


# ---- Cancel and terminate, a state each

def wait_in_each_state(aws, prefix):
    """Jobs that are RUNNING, PENDING (behind that one), RUNNABLE and SUCCEEDED."""
    running = aws.submit(f"{prefix}-running", stays(prefix))
    pending, runnable, finished = aws.at_once(
        lambda: aws.submit(f"{prefix}-pending", f"echo {prefix} pending >> ends", "--depends-on",
                           f"jobId={running}"),
        lambda: aws.submit(f"{prefix}-runnable", f"echo {prefix} runnable >> ends",
                           "--container-overrides", "resourceRequirements=[{type=MEMORY,value=9999}]"),
        lambda: aws.submit(f"{prefix}-finished"))
    aws.wait_said(f"{prefix} begins", name="ends")
    jobs = [running, pending, runnable, finished]
    wait_for("each to be in its state", lambda: [job["status"] for job in aws.describe(*jobs)] == [
        "RUNNING", "PENDING", "RUNNABLE", "SUCCEEDED"])
    return jobs


def told(job):
    return job["status"], job["statusReason"], job["isCancelled"], job["isTerminated"]


def test_cancel_ends_what_waits_and_leaves_what_runs(aws):
    running, pending, runnable, finished = wait_in_each_state(aws, "cancel")
    aws.at_once(*(lambda job=job: aws("cancel-job", "--job-id", job, "--reason", "not needed")
                  for job in (pending, runnable, finished, running, UNKNOWN)))
    pending, runnable, finished = aws.show(pending, runnable, finished)
    assert told(pending) == told(runnable) == ("FAILED", "not needed", True, False)
    assert pending["attempts"] == runnable["attempts"] == []
    assert told(finished) == ("SUCCEEDED", "Essential container in task exited", False, False)
    assert aws.describe(running)[0]["status"] == "RUNNING" and len(processes("cancel")) >= 2
    assert aws.said("ends").count("cancel begins") == 1 and "cancel term" not in aws.said("ends")
    aws("terminate-job", "--job-id", running, "--reason", "now")
    assert told(aws.show(running)[0])[:2] == ("FAILED", "now")


def test_terminate_ends_everything_and_every_process(aws):
    running, pending, runnable, finished = jobs = wait_in_each_state(aws, "terminate")
    aws.at_once(*(lambda job=job: aws("terminate-job", "--job-id", job, "--reason", "enough")
                  for job in (pending, runnable, finished, UNKNOWN)))
    aws("terminate-job", "--job-id", running, "--reason", "enough")
    running, pending, runnable, finished = aws.show(*jobs)
    assert told(running) == told(pending) == told(runnable) == ("FAILED", "enough", False, True)
    assert told(finished)[0] == "SUCCEEDED" and told(finished)[2:] == (False, False)
    # It was told to end, and said goodbye; its daemon, which does not listen, is gone as well.
    assert running["container"]["exitCode"] == 9 and len(running["attempts"]) == 1
    assert "terminate term" in aws.said("ends") and processes("terminate") == []
    assert not {"terminate pending", "terminate runnable"} & set(aws.said("ends"))


def test_a_reason_is_required_and_bounded(aws):
    done = aws.cluster.aws("batch", "terminate-job", "--job-id", UNKNOWN, check=False)
    assert done.returncode and "--reason" in done.stderr
    assert "1024" in refusal(lambda: aws("cancel-job", "--job-id", UNKNOWN, "--reason", "x" * 1025))


def test_the_children_of_an_array_are_stopped_alone_or_together(aws):
    index = "$AWS_BATCH_JOB_ARRAY_INDEX"

    def array(name):
        return lambda: aws.submit(name, f"echo {name} {index} >> ends; {hold(f'end-{name}')}",
                                  "--array-properties", "size=3", "--container-overrides",
                                  "resourceRequirements=[{type=VCPU,value=0.1}]")
    one, whole = aws.at_once(array("one"), array("whole"))
    aws.wait_said(*(f"{name} {n}" for name in ("one", "whole") for n in range(3)), name="ends")
    aws.at_once(lambda: aws("terminate-job", "--job-id", f"{one}:1", "--reason", "this one"),
                lambda: aws("terminate-job", "--job-id", whole, "--reason", "all of them"))
    child, parent = aws.show(f"{one}:1", whole)
    assert told(child) == ("FAILED", "this one", False, True)
    assert parent["status"] == "FAILED" and parent["isTerminated"]
    assert parent["arrayProperties"]["statusSummary"]["FAILED"] == 3
    assert {job["statusReason"] for job in aws.describe(*(f"{whole}:{n}" for n in range(3)))} == {
        "all of them"}
    # The others of the first array go on, and it ends when they do.
    shown = aws.describe(one, f"{one}:0", f"{one}:2")
    assert [job["status"] for job in shown] == ["PENDING", "RUNNING", "RUNNING"]
    aws.touch("end-one")
    assert told(aws.show(one)[0])[:2] == ("FAILED", "Array Child Job failed")
    assert [job["status"] for job in aws.describe(f"{one}:0", f"{one}:2")] == ["SUCCEEDED"] * 2


def test_jobs_are_stopped_in_bulk(aws):
    def job(name):
        return lambda: aws.submit(name, f"echo {name} begins >> ends; {hold(f'end-{name}')}")
    first, second = aws.at_once(job("bulk-1"), job("bulk-2"))
    aws.wait_said("bulk-1 begins", "bulk-2 begins", name="ends")
    jobs = [first, UNKNOWN, second]
    assert aws("cancel-jobs", "--jobs", *jobs, "--reason", "no") == {"successful": jobs, "errors": []}
    assert [job["status"] for job in aws.describe(first, second)] == ["RUNNING"] * 2
    assert aws("terminate-jobs", "--jobs", *jobs, "--reason", "bulk") == {
        "successful": jobs, "errors": []}
    assert [told(job)[:2] for job in aws.show(first, second)] == [("FAILED", "bulk")] * 2


# ---- Timeouts, a minute later

def test_a_timeout_ends_a_job_whose_agent_is_dead(aws, overdue):
    """The supervisor does it alone, and the next agent tells."""
    assert aws.describe(overdue.orphan)[0]["status"] == "RUNNING" and processes("orphan")
    wait_for("it to be told to end", lambda: "orphan term" in aws.said("ends"), 90)
    assert time.monotonic() - overdue.begun > 59
    wait_for("its processes to be gone", lambda: not processes("orphan"))
    assert aws.cluster.agents["lonely-1"].process.poll() is not None
    aws.cluster.start_agent("lonely-1")
    (done,) = aws.show(overdue.orphan)
    assert told(done) == ("FAILED", "Job attempt duration exceeded timeout", False, False)
    assert done["container"]["exitCode"] == 9 and len(done["attempts"]) == 1
    assert 60_000 <= done["stoppedAt"] - done["startedAt"] < 100_000


def test_a_timeout_is_each_childs_and_never_tried_again(aws, overdue):
    alone, array, late, longer = aws.show(overdue.alone, overdue.array, f"{overdue.array}:1",
                                          f"{overdue.array}:0")
    for job in (alone, late):
        assert told(job)[:2] == ("FAILED", "Job attempt duration exceeded timeout")
        assert len(job["attempts"]) == 1 and 60_000 <= job["stoppedAt"] - job["startedAt"] < 100_000
        assert job["timeout"] == {"attemptDurationSeconds": 60}
    assert aws.said("ends").count("alone begins") == 1 and processes("alone") == []
    assert told(array)[:2] == ("FAILED", "Array Child Job failed") and longer["status"] == "SUCCEEDED"
    assert array["arrayProperties"]["statusSummary"]["SUCCEEDED"] == 1
    # What was submitted takes the place of what the definition says.
    (longer,) = aws.describe(overdue.longer)
    assert longer["status"] == "RUNNING" and longer["timeout"] == {"attemptDurationSeconds": 3600}
    aws.touch("longer")
    assert aws.show(overdue.longer)[0]["status"] == "SUCCEEDED"
