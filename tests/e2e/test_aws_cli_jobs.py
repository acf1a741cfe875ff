"""Dependencies with the AWS CLI alone, and how ended jobs are found again."""
import pytest
from aws_program import AwsBatch, hold, refusal
from cluster import wait_for
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


# ---- Ended jobs

def test_ended_jobs_are_found_again(aws):
    """By id, by state and by filter, page by page, also by the next scheduler."""
    jobs = aws.at_once(*(lambda n=n: aws.submit(f"Old-{n}", f"exit {n}") for n in range(3)),
                       lambda: aws.submit("old-array", "[ $AWS_BATCH_JOB_ARRAY_INDEX != 1 ]",
                                          "--array-properties", "size=3"))
    before = aws.show(*jobs)
    aws.cluster.kill_scheduler()
    aws.cluster.start_scheduler()
    aws.cluster.wait_for_agent("pool-1")
    after = aws.describe(*jobs)
    for job in before + after:
        job.pop("dray", None)
    assert before == after
    assert [job["container"].get("exitCode") for job in after[:3]] == [0, 1, 2]

    def listed(*words):
        return aws.text("list-jobs", *words, query="jobSummaryList[].jobId").split()
    by_name = aws("list-jobs", "--job-queue", "pool", "--filters", "name=JOB_NAME,values=OLD-*", "--page-size", "2")
    assert {one["jobId"]: one["status"] for one in by_name["jobSummaryList"]} == {
        job["jobId"]: job["status"] for job in before}
    created = [one["createdAt"] for one in by_name["jobSummaryList"]]
    assert created == sorted(created, reverse=True)
    page = aws("list-jobs", "--job-queue", "pool", "--filters", "name=JOB_NAME,values=old-*", "--max-items", "3")
    rest = aws("list-jobs", "--job-queue", "pool", "--filters", "name=JOB_NAME,values=old-*", "--starting-token",
               page["NextToken"])
    assert [one["jobId"] for one in page["jobSummaryList"] + rest["jobSummaryList"]] == [
        one["jobId"] for one in by_name["jobSummaryList"]]
    failed, running, children, newest, defined, nothing = aws.at_once(
        lambda: listed("--job-queue", "pool", "--job-status", "FAILED"), lambda: listed("--job-queue", "pool"),
        lambda: listed("--array-job-id", jobs[3], "--job-status", "FAILED"),
        lambda: listed("--job-queue", "pool", "--filters", f"name=AFTER_CREATED_AT,values={max(created) - 1}"),
        lambda: listed("--job-queue", "pool", "--filters", "name=JOB_DEFINITION,values=script"),
        lambda: refusal(lambda: aws("list-jobs")))
    assert set(jobs[1:]) <= set(failed) and jobs[0] not in failed and children == [f"{jobs[3]}:1"]
    assert running == []  # Those are listed when nothing is said.
    assert set(newest) == {one["jobId"] for one in by_name["jobSummaryList"] if one["createdAt"] == max(created)}
    assert set(jobs) <= set(defined)
    assert "one of jobQueue, arrayJobId and multiNodeJobId" in nothing


def test_jobs_are_forgotten_after_their_time(cluster):
    cluster.kill_scheduler()
    cluster.start_scheduler("--keep-finished", "2s")
    aws = AwsBatch(cluster)
    aws.start_pool()
    aws.register_script()
    job = aws.submit("ended", "echo ended >> log")
    lives = aws.submit("lives", "echo lives >> log; exec sleep 600")
    aws.wait_said("ended", "lives")
    wait_for("it to be forgotten", lambda: aws.text(
        "describe-jobs", "--jobs", job, lives, query="jobs[].jobId") == lives)
    assert aws.text("list-jobs", "--job-queue", "pool", "--job-status", "SUCCEEDED",
                    query="jobSummaryList[].jobId") == ""
    aws("cancel-job", "--job-id", job, "--reason", "it is no more")
