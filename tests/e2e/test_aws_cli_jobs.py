"""Dependencies and retries with the AWS CLI alone: which jobs run, when and how often."""
import os
import signal

import pytest
from aws_program import AwsBatch, hold, refusal
from cluster import processes_of
from cluster import wait_for

DEPENDENT = "Dependent Job failed"
CHILD = "Array Child Job failed"


@pytest.fixture(scope="module")
def aws(bare_system):
    aws = AwsBatch(bare_system)
    aws.start_pool(agents=2)
    aws.register_script()
    return aws


def statuses(shown):
    return [job["status"] for job in shown]


# ---- Dependencies

def test_jobs_wait_for_arrays_children_counterparts_and_their_turn(aws):
    index = "$AWS_BATCH_JOB_ARRAY_INDEX"
    three = ("--array-properties", "size=3")
    first = aws.submit("first", f"{hold(f'go-{index}')}; echo first {index} >> order", *three)

    def after(name, *dependencies, array=three):
        return lambda: aws.submit(name, f"echo {name} ${{AWS_BATCH_JOB_ARRAY_INDEX:-alone}} >> order",
                                  *array, "--depends-on", *dependencies)
    whole, child, pairs, turns = jobs = aws.at_once(
        after("whole", f"jobId={first}", array=()),
        after("child", f"jobId={first}:1", array=()),
        after("pair", f"jobId={first},type=N_TO_N"),
        after("turn", "type=SEQUENTIAL", f"jobId={first}:2"))
    assert statuses(aws.describe(*jobs)) == ["PENDING"] * 4

    aws.touch("go-1")
    aws.wait_said("child alone", "pair 1", name="order")
    assert statuses(aws.describe(whole, f"{pairs}:0", f"{pairs}:2", f"{turns}:0")) == ["PENDING"] * 4
    assert set(aws.said("order")) == {"first 1", "child alone", "pair 1"}
    aws.touch("go-0", "go-2")
    done = aws.show(first, *jobs)
    assert statuses(done) == ["SUCCEEDED"] * 5
    assert [job["dependsOn"] for job in done[1:4]] == [
        [{"jobId": first}], [{"jobId": f"{first}:1"}], [{"jobId": first, "type": "N_TO_N"}]]
    assert {"type": "SEQUENTIAL"} in done[4]["dependsOn"]
    assert done[3]["arrayProperties"]["statusSummary"] == {
        "SUBMITTED": 0, "PENDING": 0, "RUNNABLE": 0, "STARTING": 0, "RUNNING": 0, "SUCCEEDED": 3,
        "FAILED": 0}

    order = aws.said("order")
    at = {line: place for place, line in enumerate(order)}
    assert len(order) == len(at) == 11
    assert at["whole alone"] > max(at[f"first {n}"] for n in range(3))
    assert all(at[f"pair {n}"] > at[f"first {n}"] for n in range(3))
    assert at["first 2"] < at["turn 0"] < at["turn 1"] < at["turn 2"]


def test_a_failure_goes_on_to_what_depends_on_it(aws):
    bad = aws.submit("bad", f"{hold('fail')}; [ $AWS_BATCH_JOB_ARRAY_INDEX != 1 ]",
                     "--array-properties", "size=3")

    def after(name, *dependencies, size=None):
        array = ("--array-properties", f"size={size}") if size else ()
        return lambda: aws.submit(name, f"echo {name} ${{AWS_BATCH_JOB_ARRAY_INDEX:-alone}} >> fallen",
                                  *array, "--depends-on", *dependencies)
    pairs, child, turns = aws.at_once(after("pair", f"jobId={bad},type=N_TO_N", size=3),
                                      after("child", f"jobId={bad}:1"),
                                      after("turn", f"jobId={bad},type=N_TO_N", "type=SEQUENTIAL", size=3))
    (chained,) = aws.at_once(after("chained", f"jobId={child}"))
    aws.touch("fail")
    done = aws.show(bad, pairs, turns, child, chained)
    assert statuses(done) == ["FAILED"] * 5
    assert [job["statusReason"] for job in done] == [CHILD, CHILD, CHILD, DEPENDENT, DEPENDENT]
    assert done[3]["attempts"] == [] and "startedAt" not in done[3]
    children = aws.describe(*(f"{job}:{n}" for job in (pairs, turns) for n in range(3)))
    assert statuses(children) == ["SUCCEEDED", "FAILED", "SUCCEEDED", "SUCCEEDED", "FAILED", "FAILED"]
    assert {job["statusReason"] for job in children if job["status"] == "FAILED"} == {DEPENDENT}
    assert sorted(aws.said("fallen")) == ["pair 0", "pair 2", "turn 0"]

    late, met = aws.at_once(after("late", f"jobId={bad}"), after("met", f"jobId={pairs}:2"))
    late, met = aws.show(late, met)
    assert (late["status"], late["statusReason"]) == ("FAILED", DEPENDENT)
    assert met["status"] == "SUCCEEDED" and "met alone" in aws.said("fallen")


def test_dependencies_that_cannot_be_are_refused(aws):
    array, single = aws.at_once(lambda: aws.submit("array", None, "--array-properties", "size=3"),
                                lambda: aws.submit("single"))
    two = ("--array-properties", "size=2", "--depends-on")
    unknown = "4c7599ae-0a82-49aa-ba5a-4727fcce14a8"
    refusals = aws.at_once(*(lambda words=words: refusal(lambda: aws.submit("refused", None, *words))
                             for words in ((*two, f"jobId={array},type=N_TO_N"),
                                           (*two, f"jobId={single},type=N_TO_N"),
                                           ("--depends-on", "type=SEQUENTIAL"),
                                           ("--depends-on", f"jobId={unknown}"),
                                           ("--depends-on", f"jobId={array}:3"))))
    assert refusals[0] == f"N_TO_N dependency {array} is not an array job of the same size"
    assert refusals[1] == f"N_TO_N dependency {single} is not an array job of the same size"
    assert refusals[2] == "Dependencies of type N_TO_N and SEQUENTIAL are for array jobs only"
    assert unknown in refusals[3] and f"{array}:3" in refusals[4]
    listed = aws("list-jobs", "--job-queue", "pool", "--filters", "name=JOB_NAME,values=refused")
    assert listed["jobSummaryList"] == []


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
    assert statuses(done) == ["FAILED"] * 4 + ["SUCCEEDED"]

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
    for pid in processes_of(cluster.folder / "pool-1"):
        os.kill(pid, signal.SIGKILL)
    cluster.start_agent("pool-2", "--vcpus", 1, "--memory", 1024, "--containers", "none",
                        "--environment", "pool")
    (done,) = aws.show(job)
    assert done["status"] == "SUCCEEDED" and aws.said("twice") == ["1", "2"]
    lost, good = done["attempts"]
    assert lost["statusReason"] == "Host EC2 (agent pool-1) terminated."
    assert "exitCode" not in lost["container"] and good["container"]["exitCode"] == 0
