"""Fair-share queues with boto3 and the AWS CLI against real programs: what SubmitJob asks for, turns by
weight, priority within a share, the snapshot, ListJobs by share, and a restart in between."""
import json

import pytest
from botocore.exceptions import ClientError


@pytest.fixture(scope="module")
def fair(bare_system):
    """The queue `fair`, on one agent of two vCPUs; `half` weighs half as much as others."""
    batch = bare_system.client()
    bare_system.create_queue("plain", "ce")
    policy = batch.create_scheduling_policy(name="policy", fairsharePolicy={
        "shareDecaySeconds": 3600, "shareDistribution": [
            {"shareIdentifier": "half*", "weightFactor": 0.5}]})["arn"]
    batch.create_job_queue(jobQueueName="fair", priority=1, schedulingPolicyArn=policy,
                           computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "ce"}])
    bare_system.start_agent("agent-1", "--vcpus", 2, "--memory", 2048, "--containers", "none",
                            "--environment", "ce")
    bare_system.register("quick", ["/bin/true"])
    bare_system.register("gate", ["/bin/sh", "-c", f"until [ -e {bare_system.folder}/open ]; do "
                                                   "sleep 0.05; done"], vcpus=2)
    return bare_system


def submit(fair, name, share, priority=0, definition="quick", **more):
    return fair.submit(None, name=name, queue="fair", definition=definition, shareIdentifier=share,
                       schedulingPriorityOverride=priority, **more)


def snapshot(fair):
    return fair.client().get_job_queue_snapshot(jobQueue="fair")


def names_of(fair, arns):
    ids = [arn.split("job/")[1] for arn in arns]
    shown = fair.client().describe_jobs(jobs=ids)["jobs"]
    names = {job["jobId"]: job["jobName"] for job in shown}
    return [names[job] for job in ids]


def test_a_share_is_required_and_refused_as_at_aws(fair):
    batch = fair.client()

    def refusal(**given):
        with pytest.raises(ClientError) as caught:
            batch.submit_job(jobName="j", jobDefinition="quick", **given)
        assert caught.value.response["Error"]["Code"] == "ClientException"
        return caught.value.response["Error"]["Message"]
    assert refusal(jobQueue="fair", schedulingPriorityOverride=1) == \
        "shareIdentifier must be specified."
    assert refusal(jobQueue="fair", shareIdentifier="a") == \
        "Either schedulingPriority in job definition or schedulingPriorityOverride should be specified."
    for given in ({"shareIdentifier": "a"}, {"schedulingPriorityOverride": 1}):
        assert refusal(jobQueue="plain", **given) == \
            "Job with shareIdentifier or schedulingPriority can onlybe submitted to job queue with " \
            "fair share scheduling policy."
    assert "9999" in refusal(jobQueue="fair", shareIdentifier="a", schedulingPriorityOverride=10000)


def test_a_definition_may_name_the_priority(fair):
    definition = fair.register("important", ["/bin/true"], schedulingPriority=7)
    (shown,) = fair.client().describe_job_definitions(jobDefinitions=[definition])["jobDefinitions"]
    assert shown["schedulingPriority"] == 7
    job = fair.submit(None, queue="fair", definition=definition, shareIdentifier="a")
    done = fair.wait_state(job)
    assert (done["shareIdentifier"], done["schedulingPriority"]) == ("a", 7)
    over = fair.wait_state(submit(fair, "over", "a", 0, definition))
    assert over["schedulingPriority"] == 0
    plain = fair.wait_state(fair.submit(None, queue="plain", definition=definition))
    assert "shareIdentifier" not in plain and plain["status"] == "SUCCEEDED"


def test_shares_take_turns_and_the_snapshot_says_so(fair):
    gate = submit(fair, "gate", "other", definition="gate")
    fair.wait_state(gate, ["RUNNING"])
    for number in range(3):
        submit(fair, f"one-{number}", "one", priority=number)
    array = submit(fair, "half", "halfA", size=4)
    expected = ["one-2", "half", "half", "one-1", "half", "half", "one-0"]
    seen = snapshot(fair)
    assert names_of(fair, [job["jobArn"] for job in seen["frontOfQueue"]["jobs"]]) == expected
    assert [job["jobArn"].rsplit(":", 1)[1] for job in seen["frontOfQueue"]["jobs"]
            if array in job["jobArn"]] == ["0", "1", "2", "3"]
    use = seen["queueUtilization"]
    assert use["totalCapacityUsage"] == [{"capacityUnit": "vCPU", "quantity": 2.0}]
    assert use["fairshareUtilization"] == {"activeShareCount": 3, "topCapacityUtilization": [
        {"shareIdentifier": "other", "capacityUsage": [{"capacityUnit": "vCPU", "quantity": 2.0}]}]}

    fair.kill_scheduler()
    fair.start_scheduler()
    fair.wait_for_agent("agent-1")
    seen = snapshot(fair)
    assert names_of(fair, [job["jobArn"] for job in seen["frontOfQueue"]["jobs"]]) == expected
    assert fair.describe(gate)["status"] == "RUNNING"

    listed = json.loads(fair.aws("batch", "list-jobs", "--job-queue", "fair", "--filters",
                                 "name=SHARE_IDENTIFIER,values=one", "--job-status", "RUNNABLE"))
    assert [job["jobName"] for job in listed["jobSummaryList"]] == ["one-2", "one-1", "one-0"]
    assert {job["shareIdentifier"] for job in listed["jobSummaryList"]} == {"one"}

    (fair.folder / "open").touch()
    for job in [array] + [job["jobId"] for job in listed["jobSummaryList"]]:
        assert fair.wait_state(job)["status"] == "SUCCEEDED"
    seen = snapshot(fair)
    assert seen["frontOfQueue"]["jobs"] == []
    assert seen["queueUtilization"]["fairshareUtilization"] == {
        "activeShareCount": 0, "topCapacityUtilization": []}


def test_computereservation_is_held_back(fair):
    batch = fair.client()
    policy = batch.create_scheduling_policy(name="half-kept", fairsharePolicy={
        "computeReservation": 50})["arn"]
    batch.create_job_queue(jobQueueName="kept", priority=1, schedulingPolicyArn=policy,
                           computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "ce"}])
    (fair.folder / "open").unlink(missing_ok=True)

    def gate(share):
        return fair.submit(None, name="gate", queue="kept", definition="gate", shareIdentifier=share,
                           schedulingPriorityOverride=0, containerOverrides={
                               "resourceRequirements": [{"type": "VCPU", "value": "1"}]})
    first, second = gate("a"), gate("a")
    fair.wait_state(first, ["RUNNING"])
    explained = fair.dray("explain", second).stdout
    assert "kept for shares that are not active" in explained, explained
    other = gate("b")  # A quarter of the two vCPUs is kept now: there is room for one job, not for two.
    for job in (second, other):
        assert fair.describe(job)["status"] == "RUNNABLE"
    batch.update_scheduling_policy(arn=policy, fairsharePolicy={"computeReservation": 0})
    fair.wait_state(other, ["RUNNING"])
    (fair.folder / "open").touch()
    for job in (first, second, other):
        assert fair.wait_state(job)["status"] == "SUCCEEDED"
