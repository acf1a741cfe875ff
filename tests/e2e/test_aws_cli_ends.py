"""Timeouts, cancel, terminate and retries with the AWS CLI alone, looked at in the processes of the jobs.

AWS's shortest timeout is a minute, so the jobs that run into theirs begin first and the other tests
pass the time.
"""
import contextlib
import os
import signal
import time

import pytest
from aws_program import AwsBatch, hold, inside, refusal
from cluster import processes_of, wait_for

UNKNOWN = "4c7599ae-0a82-49aa-ba5a-4727fcce14a8"


def stays(name):
    """Says that it began and that it was told to end; has a child that listens to nothing."""
    return (f"trap 'echo {name} term >> ../ends; exit 9' TERM; {inside(f'{name}-place')}; "
            "setsid sh -c \"trap '' TERM HUP; while :; do sleep 0.1; done\" & "
            f"echo {name} begins >> ../ends; while :; do sleep 0.05; done")


@pytest.fixture(scope="module")
def aws(bare_system):
    aws = AwsBatch(bare_system)
    aws.know_newest_operations()
    aws.at_once(lambda: aws.start_pool(vcpus=2), lambda: aws.start_pool("lonely", vcpus=1), aws.register_script)
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
        assert len(aws.living("orphan-place")) >= 2


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
    running, pending, runnable, finished = jobs = wait_in_each_state(aws, "cancel")
    aws.at_once(*(lambda job=job: aws("cancel-job", "--job-id", job, "--reason", "not needed")
                  for job in (pending, runnable, finished, running, UNKNOWN)))
    left, pending, runnable, finished = aws.describe(*jobs)
    assert told(pending) == told(runnable) == ("FAILED", "not needed", True, False)
    assert pending["attempts"] == runnable["attempts"] == []
    assert told(finished) == ("SUCCEEDED", "Essential container in task exited", False, False)
    assert left["status"] == "RUNNING" and not left["isTerminated"] and len(aws.living("cancel-place")) >= 2
    assert aws.said("ends").count("cancel begins") == 1 and "cancel term" not in aws.said("ends")
    aws("terminate-job", "--job-id", running, "--reason", "now")
    assert told(aws.show(running)[0])[:2] == ("FAILED", "now")


def test_terminate_ends_everything_and_every_process(aws):
    running, pending, runnable, finished = jobs = wait_in_each_state(aws, "terminate")
    aws.at_once(*(lambda job=job: aws("terminate-job", "--job-id", job, "--reason", "enough")
                  for job in (pending, runnable, finished, UNKNOWN, running)))
    running, pending, runnable, finished = aws.show(*jobs)
    assert told(running) == told(pending) == told(runnable) == ("FAILED", "enough", False, True)
    assert told(finished)[0] == "SUCCEEDED" and told(finished)[2:] == (False, False)
    # It was told to end, and said goodbye; its daemon, which does not listen, is gone as well.
    assert running["container"]["exitCode"] == 9 and len(running["attempts"]) == 1
    assert "terminate term" in aws.said("ends") and aws.living("terminate-place") == []
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
    child, parent, *children = aws.show(f"{one}:1", whole, *(f"{whole}:{n}" for n in range(3)))
    assert told(child) == ("FAILED", "this one", False, True)
    assert parent["status"] == "FAILED" and parent["isTerminated"]
    assert parent["arrayProperties"]["statusSummary"]["FAILED"] == 3
    assert {told(job) for job in children} == {("FAILED", "all of them", False, True)}
    # The others of the first array go on, and it ends when they do.
    others = one, f"{one}:0", f"{one}:2"
    assert [job["status"] for job in aws.describe(*others)] == ["PENDING", "RUNNING", "RUNNING"]
    aws.touch("end-one")
    parent, *rest = aws.show(*others)
    assert told(parent)[:2] == ("FAILED", "Array Child Job failed")
    assert [job["status"] for job in rest] == ["SUCCEEDED"] * 2


def test_a_cancelled_array_ends_when_its_running_children_do(aws):
    array = aws.submit("turns", f"echo turn >> turns; {hold('end-turns')}", "--array-properties", "size=3",
                       "--depends-on", "type=SEQUENTIAL")
    aws.wait_said("turn", name="turns")
    aws("cancel-job", "--job-id", array, "--reason", "not needed")
    parent, *children = aws.describe(array, *(f"{array}:{n}" for n in range(3)))
    assert (parent["status"], parent["isCancelled"]) == ("PENDING", True)
    assert [job["status"] for job in children] == ["RUNNING", "FAILED", "FAILED"]
    assert {told(job) for job in children[1:]} == {("FAILED", "not needed", True, False)}
    aws.touch("end-turns")
    parent, first = aws.show(array, f"{array}:0")
    assert told(parent) == ("FAILED", "not needed", True, False)
    assert told(first) == ("SUCCEEDED", "Essential container in task exited", False, False)
    assert aws.said("turns") == ["turn"]


def test_jobs_are_stopped_in_bulk(aws):
    def job(name):
        return lambda: aws.submit(name, f"echo {name} begins >> ends; {hold(f'end-{name}')}")
    first, second = aws.at_once(job("bulk-1"), job("bulk-2"))
    aws.wait_said("bulk-1 begins", "bulk-2 begins", name="ends")
    jobs = [first, UNKNOWN, second]
    assert aws("cancel-jobs", "--jobs", *jobs, "--reason", "no") == {"successful": jobs, "errors": []}
    assert aws("terminate-jobs", "--jobs", *jobs, "--reason", "bulk") == {
        "successful": jobs, "errors": []}
    assert [told(job) for job in aws.show(first, second)] == [("FAILED", "bulk", False, True)] * 2


# ---- Retry

def test_rules_decide_in_their_order_and_no_match_is_a_retry(aws):
    """Attempt 1 ends with 75 (rule 2), 2 with 3 (no rule), 3 with 76 (rule 3)."""
    job = aws.submit(
        "ordered", "echo $AWS_BATCH_JOB_ATTEMPT >> attempts; "
        "case $AWS_BATCH_JOB_ATTEMPT in 1) exit 75;; 2) exit 3;; *) exit 76;; esac",
        "--retry-strategy", "attempts=5,evaluateOnExit=[{onExitCode=75,onReason=Never*,action=EXIT},"
        "{onExitCode=75,action=retry},{onExitCode=7*,onStatusReason=Essential*,action=Exit}]")
    every, exits, start, children = aws.at_once(
        lambda: aws.submit("star", "echo star >> attempts; exit 1", "--retry-strategy",
                           "attempts=5,evaluateOnExit=[{onStatusReason=Host EC2*,action=RETRY},"
                           "{onReason=*,action=EXIT}]"),
        lambda: aws.submit("plain", "echo plain >> attempts; exit 1", "--retry-strategy", "attempts=3"),
        lambda: aws.text("submit-job", "--cli-input-json", {
            "jobName": "missing", "jobQueue": "pool", "jobDefinition": "script",
            "containerOverrides": {"command": ["/no/such/program"]},
            "retryStrategy": {"attempts": 4, "evaluateOnExit": [
                {"action": "RETRY", "onReason": "CannotStartContainerError:*"},
                {"action": "EXIT", "onExitCode": "*"}]}}, query="jobId"),
        lambda: aws.submit("child", "echo child $AWS_BATCH_JOB_ARRAY_INDEX $AWS_BATCH_JOB_ATTEMPT >> attempts; "
                           "[ $AWS_BATCH_JOB_ARRAY_INDEX$AWS_BATCH_JOB_ATTEMPT != 11 ]",
                           "--array-properties", "size=2", "--retry-strategy", "attempts=2"))
    done = aws.show(job, every, exits, start, children)
    assert [job["status"] for job in done] == ["FAILED"] * 4 + ["SUCCEEDED"]

    def codes(job):
        return [attempt["container"].get("exitCode") for attempt in job["attempts"]]
    assert [codes(job) for job in done[:4]] == [[75, 3, 76], [1], [1, 1, 1], [None] * 4]
    assert done[0]["retryStrategy"]["evaluateOnExit"][1] == {"onExitCode": "75", "action": "retry"}
    assert {a["statusReason"] for a in done[3]["attempts"]} == {"Task failed to start"}
    assert {a["container"]["reason"].split(":")[0] for a in done[3]["attempts"]} == {
        "CannotStartContainerError"}
    assert sorted(aws.said("attempts")) == ["1", "2", "3", "child 0 1", "child 1 1", "child 1 2",
                                            "plain", "plain", "plain", "star"]


def test_strategies_that_cannot_be_are_refused(aws):
    def refused(strategy):
        return lambda: refusal(lambda: aws.submit("refused", None, "--retry-strategy", strategy))
    assert aws.at_once(
        refused("evaluateOnExit=[{onExitCode=1,action=EXIT}]"),
        refused("attempts=2,evaluateOnExit=[{onReason=*Error,action=EXIT}]"),
        refused("attempts=2,evaluateOnExit=[{onExitCode=1a,action=EXIT}]")) == [
            "RetryAttempts must be provided with retry strategy",
            *["Evaluate on exit condition contains restricted characters"] * 2]


def test_what_was_stopped_is_never_tried_again(aws):
    strategy = ("--retry-strategy", "attempts=5,evaluateOnExit=[{onReason=*,action=RETRY}]")
    job, waits = aws.at_once(
        lambda: aws.submit("stopped", "echo stopped $AWS_BATCH_JOB_ATTEMPT >> stopped; exec sleep 600",
                           *strategy),
        lambda: aws.submit("waits", "echo waits >> stopped", *strategy, "--container-overrides",
                           "resourceRequirements=[{type=VCPU,value=64}]"))
    aws.wait_said("stopped 1", name="stopped")
    aws.at_once(lambda: aws("terminate-job", "--job-id", job, "--reason", "no more"),
                lambda: aws("cancel-job", "--job-id", waits, "--reason", "no need"))
    job, waits = aws.show(job, waits)
    assert [(job["status"], job["statusReason"], len(job["attempts"])),
            (waits["status"], waits["statusReason"], len(waits["attempts"]))] == [
                ("FAILED", "no more", 1), ("FAILED", "no need", 0)]
    assert aws.said("stopped") == ["stopped 1"]


def test_a_lost_host_is_an_attempt(cluster):
    """A machine dies with all that runs on it; the rule that AWS's users have for that tries again."""
    cluster.kill_scheduler()
    cluster.start_scheduler("--lease", "2", "--renew-every", "200", "--silent-after", "1")
    aws = AwsBatch(cluster)
    aws.start_pool()
    aws.register_script()
    job = aws.submit("twice", "echo began $AWS_BATCH_JOB_ATTEMPT; echo $AWS_BATCH_JOB_ATTEMPT >> twice; "
                     f"[ $AWS_BATCH_JOB_ATTEMPT = 2 ] || {hold('never')}", "--retry-strategy",
                     "attempts=3,evaluateOnExit=[{onStatusReason=Host EC2*,action=RETRY},"
                     "{onReason=*,action=EXIT}]")
    aws.wait_said("1", name="twice")
    cluster.kill_agent("pool-1")
    for pid in processes_of(cluster.folder / "pool-1"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    cluster.start_agent("pool-2", "--vcpus", 1, "--memory", 1024, "--containers", "none",
                        "--environment", "pool")
    (done,) = aws.show(job)
    assert done["status"] == "SUCCEEDED" and aws.said("twice") == ["1", "2"]
    lost, good = done["attempts"]
    assert lost["statusReason"] == "Host EC2 (agent pool-1) terminated."
    assert "exitCode" not in lost["container"] and good["container"]["exitCode"] == 0


# ---- Timeouts, a minute later

def test_a_timeout_ends_a_job_whose_agent_is_dead(aws, overdue):
    """The supervisor does it alone, the scheduler is dead as well, and the next agent tells."""
    aws.cluster.kill_scheduler()
    wait_for("it to be told to end", lambda: "orphan term" in aws.said("ends"), 90)
    assert time.monotonic() - overdue.begun > 59
    wait_for("its processes to be gone", lambda: not aws.living("orphan-place"))
    assert aws.cluster.agents["lonely-1"].process.poll() is not None
    aws.cluster.start_scheduler()
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
    assert aws.said("ends").count("alone begins") == 1 and aws.living("alone-place") == []
    assert told(array)[:2] == ("FAILED", "Array Child Job failed") and longer["status"] == "SUCCEEDED"
    assert array["arrayProperties"]["statusSummary"]["SUCCEEDED"] == 1
    # What was submitted takes the place of what the definition says.
    (longer,) = aws.describe(overdue.longer)
    assert longer["status"] == "RUNNING" and longer["timeout"] == {"attemptDurationSeconds": 3600}
    aws.touch("longer")
    assert aws.show(overdue.longer)[0]["status"] == "SUCCEEDED"
