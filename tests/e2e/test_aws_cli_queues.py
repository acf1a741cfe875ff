"""Queues, environments, shares and consumable resources with the AWS CLI alone: what runs where and
in which order."""
import pytest
from aws_program import AwsBatch, hold, inside, refusal
from cluster import wait_for


@pytest.fixture(scope="module")
def aws(bare_system):
    """One machine for one job in `pool`, and one in `spare`."""
    aws = AwsBatch(bare_system)
    whole = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "16"}]
    aws.at_once(
        lambda: aws.start_pool(vcpus=1), lambda: aws.start_pool("spare", vcpus=1), aws.register_script,
        lambda: aws.register("whole", ["/bin/sh", "-c", f"cd {aws.world}; Ref::do"], "--parameters", "do=true",
                             resourceRequirements=whole))
    return aws


def disable(aws, kind, name):
    option = {"job-queue": "--job-queue", "compute-environment": "--compute-environment"}[kind]
    aws(f"update-{kind}", option, name, "--state", "DISABLED")


# ---- Priorities and several environments

def test_the_more_important_queue_goes_first(aws):
    aws.create_queue("urgent", "pool", priority=0)
    gate = aws.submit("gate", f"echo gate >> turns; {hold('turns-begin')}", definition="whole")
    aws.wait_said("gate", name="turns")
    low = aws.submit("low", "echo low $AWS_BATCH_JOB_ARRAY_INDEX >> turns", "--array-properties", "size=2",
                     definition="whole")
    high = aws.submit("high", "echo high $AWS_BATCH_JQ_NAME >> turns", definition="whole", queue="urgent")
    aws("update-job-queue", "--job-queue", "urgent", "--priority", "10")
    waits, front = aws.at_once(
        lambda: aws.text("list-jobs", "--job-queue", "urgent", "--job-status", "RUNNABLE",
                         query="jobSummaryList[].jobId"),
        lambda: aws.text("get-job-queue-snapshot", "--job-queue", "pool",
                         query="frontOfQueue.jobs[].jobArn").split())
    assert waits == high and [arn.split("/")[1] for arn in front] == [f"{low}:0", f"{low}:1"]
    aws.touch("turns-begin")
    assert {job["status"] for job in aws.show(gate, low, high)} == {"SUCCEEDED"}
    assert aws.said("turns") == ["gate", "high urgent", "low 0", "low 1"]


def test_environments_are_used_in_their_order(aws):
    aws.create_queue("both", "pool", "spare")
    work = f"echo $AWS_BATCH_JOB_ID $AWS_BATCH_CE_NAME >> places; {hold('places-end')}"

    def place(name):
        job = aws.submit(name, work, definition="whole", queue="both")
        wait_for("it to run", lambda: [line for line in aws.said("places") if line.startswith(job)])
        return job, aws.said("places")[-1].split()[1]
    first, where = place("first")
    assert where == "pool"
    second, where = place("second")
    assert where == "spare"
    # A disabled environment gets nothing new, and what runs in it goes on.
    disable(aws, "compute-environment", "pool")
    assert aws.describe(first)[0]["status"] == "RUNNING"
    aws.touch("places-end")
    assert {job["status"] for job in aws.show(first, second)} == {"SUCCEEDED"}
    third, where = place("third")
    assert where == "spare"
    disable(aws, "compute-environment", "spare")
    waits = aws.submit("waits", work, definition="whole", queue="both")
    (shown,) = aws.describe(waits)
    assert (shown["status"], shown["statusReason"]) == (
        "RUNNABLE", "ACTION_REQUIRED - CE(s) associated with the job queue are invalid.")
    aws.at_once(*(lambda name=name: aws("update-compute-environment", "--compute-environment", name, "--state",
                                        "ENABLED") for name in ("pool", "spare")))
    assert {job["status"] for job in aws.show(third, waits)} == {"SUCCEEDED"}


def test_a_queue_has_the_type_of_its_environments(aws):
    aws("create-compute-environment", "--compute-environment-name", "fargate", "--type", "MANAGED",
        "--compute-resources", "type=FARGATE,maxvCpus=4,subnets=subnet-1,securityGroupIds=sg-1")
    aws.create_queue("fargate", "fargate")
    assert aws.text("describe-job-queues", "--job-queues", "fargate", "pool",
                    query="sort_by(jobQueues, &jobQueueName)[].jobQueueType").split() == ["ECS_FARGATE", "ECS"]


def test_a_disabled_queue_goes_on_and_a_deleted_one_ends_its_jobs(aws):
    aws.create_queue("doomed", "pool")
    running = aws.submit("running", f"echo doomed >> doomed; {inside('doom')}; {hold('never')}", queue="doomed",
                         definition="whole")
    aws.wait_said("doomed", name="doomed")
    runnable, pending = aws.at_once(
        lambda: aws.submit("runnable", "echo no >> doomed", queue="doomed", definition="whole"),
        lambda: aws.submit("pending", "echo no >> doomed", "--depends-on", f"jobId={running}", queue="doomed"))
    assert refusal(lambda: aws("delete-job-queue", "--job-queue", "doomed"))
    disable(aws, "job-queue", "doomed")
    refused, shown = aws.at_once(lambda: refusal(lambda: aws.submit("late", queue="doomed")),
                                 lambda: aws.describe(running, runnable, pending))
    assert "doomed" in refused
    assert [job["status"] for job in shown] == ["RUNNING", "RUNNABLE", "PENDING"]
    assert aws.living("doom")
    aws("delete-job-queue", "--job-queue", "doomed")
    done = aws.show(running, runnable, pending)
    assert {(job["status"], job["statusReason"]) for job in done} == {("FAILED", "JobQueue deleted")}
    assert not aws.living("doom") and aws.said("doomed") == ["doomed"]
    wait_for("the queue to be gone", lambda: aws.text(
        "describe-job-queues", "--job-queues", "doomed", query="length(jobQueues)") == "0")


def test_a_queue_cancels_what_is_blocked_too_long(aws):
    code = "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"
    aws.create_queue("impatient", "pool", more=(
        "--job-state-time-limit-actions", f"reason={code},state=RUNNABLE,maxTimeSeconds=1,action=CANCEL"))
    job = aws.submit("huge", None, "--container-overrides", "resourceRequirements=[{type=VCPU,value=64}]",
                     queue="impatient")
    (done,) = aws.show(job)
    assert (done["statusReason"], done["isCancelled"]) == (
        f"Canceled by JobStateTimeLimit action due to reason: {code}", True)


# ---- Fair share

def test_shares_take_turns_by_their_weight(aws):
    policy = aws.text("create-scheduling-policy", "--name", "weighted", "--fairshare-policy",
                      "shareDecaySeconds=3600,shareDistribution=[{shareIdentifier=half*,weightFactor=0.5}]",
                      query="arn")
    aws.create_queue("fair", "pool", more=("--scheduling-policy-arn", policy))

    def submit(name, share, priority, do, *words):
        return lambda: aws.submit(name, do, "--share-identifier", share, "--scheduling-priority-override",
                                  str(priority), *words, queue="fair", definition="whole")
    absent, plain, gate = aws.at_once(
        lambda: refusal(lambda: aws.submit("none", queue="fair")),
        lambda: refusal(submit("plain", "a", 1, None, "--job-queue", "pool")),
        submit("gate", "gate", 0, f"echo gate >> shares; {hold('shares-begin')}"))
    assert absent == "shareIdentifier must be specified."
    assert plain == ("Job with shareIdentifier or schedulingPriority can onlybe submitted to job queue with fair "
                     "share scheduling policy.")
    aws.wait_said("gate", name="shares")
    turn = "echo NAME >> shares; sleep 0.3"
    jobs = aws.at_once(*(submit(f"one-{n}", "one", n, turn.replace("NAME", f"one-{n}")) for n in range(3)))
    jobs.append(submit("half", "halfA", 0, turn.replace("NAME", "half"), "--array-properties", "size=4")())
    names = dict(zip(jobs, ("one-0", "one-1", "one-2", "half")))

    seen, listed = aws.at_once(
        lambda: aws("get-job-queue-snapshot", "--job-queue", "fair"),
        lambda: aws.text("list-jobs", "--job-queue", "fair", "--filters", "name=SHARE_IDENTIFIER,values=one",
                         "--job-status", "RUNNABLE", query="jobSummaryList[].jobName").split())
    assert sorted(listed) == ["one-0", "one-1", "one-2"]
    expected = [names[job["jobArn"].split("job/")[1].split(":")[0]] for job in seen["frontOfQueue"]["jobs"]]
    assert expected == ["one-2", "half", "half", "one-1", "half", "half", "one-0"]
    use = seen["queueUtilization"]["fairshareUtilization"]
    assert use["activeShareCount"] == 3 and use["topCapacityUtilization"] == [
        {"shareIdentifier": "gate", "capacityUsage": [{"capacityUnit": "vCPU", "quantity": 1.0}]}]
    aws.touch("shares-begin")
    aws.show(gate, *jobs)
    ran = aws.said("shares")
    assert ran[:3] == ["gate", "one-2", "half"] and ran.count("half") == 4
    assert [name for name in ran if name.startswith("one")] == ["one-2", "one-1", "one-0"]
    # Were they worth the same, they would take turns, and only two halves be before the last of the ones.
    assert ran[:ran.index("one-0")].count("half") >= 3


def test_a_policy_is_changed_and_kept_while_a_queue_has_it(aws):
    policy = aws.text("create-scheduling-policy", "--name", "changing", query="arn")
    queue = aws.create_queue("changing", "pool", more=("--scheduling-policy-arn", policy))
    aws("update-scheduling-policy", "--arn", policy, "--fairshare-policy",
        "shareDecaySeconds=60,computeReservation=5,shareDistribution=[{shareIdentifier=a,weightFactor=0.25}]")
    shown, of_queue, overlap, in_use, every = aws.at_once(
        lambda: aws("describe-scheduling-policies", "--arns", policy)["schedulingPolicies"][0],
        lambda: aws.text("describe-job-queues", "--job-queues", queue, query="jobQueues[].schedulingPolicyArn"),
        lambda: refusal(lambda: aws("update-scheduling-policy", "--arn", policy, "--fairshare-policy",
                                    "shareDistribution=[{shareIdentifier=a*},{shareIdentifier=ab}]")),
        lambda: refusal(lambda: aws("delete-scheduling-policy", "--arn", policy)),
        lambda: aws.text("list-scheduling-policies", query="schedulingPolicies[].arn").split())
    assert shown["fairsharePolicy"] == {
        "shareDecaySeconds": 60, "computeReservation": 5,
        "shareDistribution": [{"shareIdentifier": "a", "weightFactor": 0.25}]}
    assert of_queue == policy and policy in every
    assert overlap == "The share identifiers a* and ab overlap"
    assert in_use == "Cannot delete, found existing JobQueue relationship."


# ---- Consumable resources

def counts(aws, name):
    return [int(number) for number in aws.text(
        "describe-consumable-resource", "--consumable-resource", name,
        query="[totalQuantity, inUseQuantity, availableQuantity]").split()]


def takes(*needs):
    return "consumableResourceList=[" + ",".join(
        f"{{consumableResource={name},quantity={quantity}}}" for name, quantity in needs) + "]"


def test_no_more_is_taken_than_there_is(aws):
    seats, _ = aws.at_once(
        lambda: aws.text("create-consumable-resource", "--consumable-resource-name", "seats",
                         "--total-quantity", "2", query="consumableResourceArn"),
        lambda: aws("create-consumable-resource", "--consumable-resource-name", "tokens",
                    "--total-quantity", "1", "--resource-type", "NON_REPLENISHABLE"))
    aws.register("taker", ["/bin/sh", "-c", f"cd {aws.world}; Ref::do"], "--parameters", "do=true",
                 "--consumable-resource-properties", takes(("seats", 1)))
    one = "$AWS_BATCH_JOB_ARRAY_INDEX"
    array = aws.submit("array", f"echo {one} begins >> seats; {hold(f'seat-{one}')}; echo {one} ends >> seats",
                       "--array-properties", "size=4", definition="taker")
    wait_for("two children to run", lambda: len(aws.said("seats")) == 2)
    both = aws.submit("both", "echo both >> seats", "--consumable-resource-properties-override",
                      takes((seats, 2), ("tokens", 1)), definition="taker")
    of_seats, of_tokens, (shown,) = aws.at_once(
        lambda: counts(aws, "seats"), lambda: counts(aws, "tokens"), lambda: aws.describe(both))
    assert (of_seats, of_tokens, shown["status"]) == ([2, 2, 0], [1, 0, 1], "RUNNABLE")
    assert shown["consumableResourceProperties"]["consumableResourceList"][0] == {
        "consumableResource": seats, "quantity": 2}

    # One more: the third child begins. The repeat with the same token changes nothing.
    for _ in range(2):
        total = aws.text("update-consumable-resource", "--consumable-resource", "seats", "--operation",
                         "ADD", "--quantity", "1", "--client-token", "once", query="totalQuantity")
        assert total == "3"
    wait_for("the third child to run", lambda: len(aws.said("seats")) == 3)
    # Fewer than are in use: nothing is taken away from who has it, nothing is given before.
    aws("update-consumable-resource", "--consumable-resource", "seats", "--operation", "REMOVE",
        "--quantity", "2")
    assert counts(aws, "seats")[:2] == [1, 3]
    aws.touch(f"seat-{aws.said('seats')[0].split()[0]}", "seat-3")
    wait_for("the first child to end", lambda: len(aws.said("seats")) == 4)
    wait_for("its seat to be back", lambda: counts(aws, "seats")[1] == 2)
    assert not any(line.startswith(("3 ", "both")) for line in aws.said("seats"))
    aws("update-consumable-resource", "--consumable-resource", seats, "--operation", "SET",
        "--quantity", "4")
    aws.touch("seat-0", "seat-1", "seat-2")
    assert {job["status"] for job in aws.show(array, both)} == {"SUCCEEDED"}
    assert {"3 ends", "both"} <= set(aws.said("seats"))

    def listed(filtered):
        return aws.text("list-jobs-by-consumable-resource", "--consumable-resource", "seats", "--filters",
                        filtered, query="jobs[].[jobName, jobStatus, quantity]")
    # Seats come back, the token is gone with the job that took it.
    assert aws.at_once(
        lambda: counts(aws, "seats"), lambda: counts(aws, "tokens"),
        lambda: listed("name=JOB_NAME,values=bo*"), lambda: listed("name=JOB_STATUS,values=RUNNABLE"),
        lambda: aws.text("list-consumable-resources", query="consumableResources[].consumableResourceName")) == [
            [4, 0, 4], [0, 0, 0], "both\tSUCCEEDED\t2", "", "seats\ttokens"]
    aws("delete-consumable-resource", "--consumable-resource", "tokens")
    assert refusal(lambda: counts(aws, "tokens"))
