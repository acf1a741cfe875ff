"""Scheduling policies, consumable resources, service environments, quota shares, service jobs, tags
and the front of a queue, with boto3 against a real scheduler; all of it outlives the scheduler."""
import pytest
from botocore.exceptions import ClientError
from cluster import wait_for


@pytest.fixture(scope="module")
def batch(system):
    return system.client()


def refused(call, **given):
    with pytest.raises(ClientError) as caught:
        call(**given)
    assert caught.value.response["Error"]["Code"] == "ClientException"
    return caught.value.response["Error"]["Message"]


FAIR = {"shareDecaySeconds": 3600, "computeReservation": 10, "shareDistribution": [
    {"shareIdentifier": "research*", "weightFactor": 0.125},
    {"shareIdentifier": "web", "weightFactor": 1.0}]}


def test_a_scheduling_policy_lives_as_terraform_leads_it(batch):
    arn = batch.create_scheduling_policy(name="fair", fairsharePolicy=FAIR,
                                         tags={"team": "é"})["arn"]
    assert arn.endswith(":scheduling-policy/fair")
    (shown,) = batch.describe_scheduling_policies(arns=[arn, arn + "none"])["schedulingPolicies"]
    assert shown == {"name": "fair", "arn": arn, "fairsharePolicy": FAIR, "tags": {"team": "é"}}
    assert "already exists" in refused(batch.create_scheduling_policy, name="fair")
    for index in range(3):
        batch.create_scheduling_policy(name=f"more-{index}")
    pages = batch.get_paginator("list_scheduling_policies").paginate(
        PaginationConfig={"PageSize": 2})
    listed = [one["arn"] for page in pages for one in page["schedulingPolicies"]]
    assert listed == [arn] + [arn.replace("fair", f"more-{index}") for index in range(3)]

    batch.update_scheduling_policy(arn=arn, fairsharePolicy={"shareDecaySeconds": 600})
    (shown,) = batch.describe_scheduling_policies(arns=[arn])["schedulingPolicies"]
    assert shown["fairsharePolicy"] == {"shareDecaySeconds": 600}

    made = batch.create_job_queue(jobQueueName="shared", priority=1, schedulingPolicyArn=arn,
                                  computeEnvironmentOrder=[
                                      {"order": 1, "computeEnvironment": "default"}])
    (queue,) = batch.describe_job_queues(jobQueues=[made["jobQueueArn"]])["jobQueues"]
    assert queue["schedulingPolicyArn"] == arn
    assert "existing JobQueue" in refused(batch.delete_scheduling_policy, arn=arn)
    batch.update_job_queue(jobQueue="shared", schedulingPolicyArn=listed[1], state="DISABLED")
    batch.delete_scheduling_policy(arn=arn)
    assert batch.describe_scheduling_policies(arns=[arn])["schedulingPolicies"] == []
    assert "does not exist" in refused(batch.update_scheduling_policy, arn=arn)
    assert "does not exist" in refused(batch.delete_scheduling_policy, arn=arn)
    batch.delete_job_queue(jobQueue="shared")


@pytest.mark.parametrize("policy, text", [
    ({"shareDecaySeconds": 604801}, "shareDecaySeconds"),
    ({"computeReservation": 100}, "computeReservation"),
    ({"shareDistribution": [{"shareIdentifier": "a-b"}]}, "shareIdentifier"),
    ({"shareDistribution": [{"shareIdentifier": "a", "weightFactor": 0.00001}]}, "weightFactor"),
    ({"shareDistribution": [{"shareIdentifier": "a", "weightFactor": 1000}]}, "weightFactor"),
    ({"shareDistribution": [{"shareIdentifier": "User*"}, {"shareIdentifier": "UserA"}]},
     "overlap")])
def test_a_policy_that_means_nothing_is_refused(batch, policy, text):
    assert text in refused(batch.create_scheduling_policy, name="bad", fairsharePolicy=policy)


def test_a_consumable_resource_is_counted(batch, system):
    made = batch.create_consumable_resource(consumableResourceName="Licences", totalQuantity=5,
                                            resourceType="NON_REPLENISHABLE", tags={"a": ""})
    arn = made["consumableResourceArn"]
    shown = batch.describe_consumable_resource(consumableResource=arn)
    assert (shown["totalQuantity"], shown["availableQuantity"], shown["inUseQuantity"]) == (5, 5, 0)
    assert (shown["resourceType"], shown["tags"]) == ("NON_REPLENISHABLE", {"a": ""})
    assert shown["createdAt"] > 1_700_000_000_000

    change = {"consumableResource": "Licences", "operation": "ADD", "quantity": 3,
              "clientToken": "once"}
    assert batch.update_consumable_resource(**change)["totalQuantity"] == 8
    assert batch.update_consumable_resource(**change)["totalQuantity"] == 8
    system.kill_scheduler()
    system.start_scheduler()
    again = system.client()
    assert again.update_consumable_resource(**change)["totalQuantity"] == 8
    assert "out of range" in refused(again.update_consumable_resource, consumableResource=arn,
                                     operation="REMOVE", quantity=9)
    refused(again.update_consumable_resource, consumableResource=arn, operation="TAKE", quantity=1)
    again.create_consumable_resource(consumableResourceName="tokens")
    for value, found in (("lic*", ["Licences"]), ("TOKENS", ["tokens"]), ("token", [])):
        listed = again.list_consumable_resources(filters=[
            {"name": "CONSUMABLE_RESOURCE_NAME", "values": [value]}])["consumableResources"]
        assert [one["consumableResourceName"] for one in listed] == found
    again.delete_consumable_resource(consumableResource="Licences")
    assert "does not exist" in refused(again.describe_consumable_resource, consumableResource=arn)


def test_service_environments_and_quota_shares_are_kept_and_shown(system):
    batch = system.client()
    limits = [{"maxCapacity": 4, "capacityUnit": "NUM_INSTANCES"}]
    service = batch.create_service_environment(
        serviceEnvironmentName="train", serviceEnvironmentType="SAGEMAKER_TRAINING",
        capacityLimits=limits)["serviceEnvironmentArn"]
    (shown,) = batch.describe_service_environments(serviceEnvironments=[service])[
        "serviceEnvironments"]
    assert (shown["capacityLimits"], shown["state"], shown["status"]) == (
        limits, "ENABLED", "VALID")
    batch.create_job_queue(jobQueueName="training", priority=1, jobQueueType="SAGEMAKER_TRAINING",
                           serviceEnvironmentOrder=[{"order": 7, "serviceEnvironment": "train"}])
    (queue,) = batch.describe_job_queues(jobQueues=["training"])["jobQueues"]
    assert queue["serviceEnvironmentOrder"] == [{"order": 7, "serviceEnvironment": service}]
    assert queue["computeEnvironmentOrder"] == []

    sharing = {"strategy": "LEND_AND_BORROW", "borrowLimit": 50}
    given = {"capacityLimits": limits, "resourceSharingConfiguration": sharing,
             "preemptionConfiguration": {"inSharePreemption": "ENABLED"}}
    share = batch.create_quota_share(quotaShareName="gold", jobQueue="training", **given)[
        "quotaShareArn"]
    assert share.endswith(":job-queue/training/quota-share/gold")
    shown = batch.describe_quota_share(quotaShareArn=share)
    assert {key: shown[key] for key in given} == given
    assert (shown["quotaShareName"], shown["jobQueueArn"]) == ("gold", queue["jobQueueArn"])
    assert len(batch.list_quota_shares(jobQueue="training")["quotaShares"]) == 1
    refused(batch.create_quota_share, quotaShareName="x", jobQueue="default", **given)
    refused(batch.delete_quota_share, quotaShareArn=share)
    batch.update_quota_share(quotaShareArn=share, state="DISABLED")
    batch.delete_quota_share(quotaShareArn=share)

    job = {"jobName": "j", "jobQueue": "training"}
    assert "service jobs only" in refused(
        batch.submit_job, jobDefinition=system.register("any", ["/bin/true"]), **job)
    assert "SageMaker" in refused(batch.submit_service_job, serviceRequestPayload="{}",
                                  serviceJobType="SAGEMAKER_TRAINING", **job)
    assert batch.list_service_jobs(jobQueue="training")["jobSummaryList"] == []
    assert "does not exist" in refused(batch.describe_service_job, jobId="x")
    assert "does not exist" in refused(batch.terminate_service_job, jobId="x", reason="r")
    assert "does not exist" in refused(batch.update_service_job, jobId="x", schedulingPriority=1)

    batch.update_job_queue(jobQueue="training", state="DISABLED")
    batch.delete_job_queue(jobQueue="training")
    batch.update_service_environment(serviceEnvironment="train", state="DISABLED",
                                     capacityLimits=[{"maxCapacity": 1}])
    batch.delete_service_environment(serviceEnvironment="train")
    assert batch.describe_service_environments()["serviceEnvironments"] == []


def test_everything_can_be_tagged(system):
    batch = system.client()
    queue = batch.describe_job_queues(jobQueues=["default"])["jobQueues"][0]
    job = system.submit(["/bin/true"], name="tagged")
    done = system.wait_state(job)
    policy = batch.create_scheduling_policy(name="tagged")["arn"]
    for arn in (queue["jobQueueArn"], done["jobArn"], done["jobDefinition"], policy,
                queue["computeEnvironmentOrder"][0]["computeEnvironment"]):
        before = batch.list_tags_for_resource(resourceArn=arn)["tags"]
        batch.tag_resource(resourceArn=arn, tags={"a/b c": "1", "é": ""})
        batch.tag_resource(resourceArn=arn, tags={"a/b c": "2"})
        assert batch.list_tags_for_resource(resourceArn=arn)["tags"] == {
            **before, "a/b c": "2", "é": ""}
        batch.untag_resource(resourceArn=arn, tagKeys=["é", "never"])
        assert batch.list_tags_for_resource(resourceArn=arn)["tags"] == {**before, "a/b c": "2"}
        refused(batch.tag_resource, resourceArn=arn, tags={f"t{i}": "" for i in range(50)})
    assert system.describe(job)["tags"]["a/b c"] == "2"
    system.kill_scheduler()
    system.start_scheduler()
    assert system.describe(job)["tags"]["a/b c"] == "2"
    assert system.client().describe_job_queues(jobQueues=["default"])["jobQueues"][0]["tags"] == {
        "a/b c": "2"}


def test_the_front_of_a_queue(system):
    batch = system.client()
    busy = [system.submit(["/bin/sleep", "600"], name="busy", vcpus=2) for _ in range(2)]
    for job in busy:
        system.wait_state(job, ("RUNNING",))
    waiting = system.submit(["/bin/true"], name="next", vcpus=2)
    array = system.submit(["/bin/true"], name="many", vcpus=2, size=150)

    def seen():
        snapshot = batch.get_job_queue_snapshot(jobQueue="default")
        return snapshot if len(snapshot["frontOfQueue"]["jobs"]) == 100 else None
    snapshot = wait_for("a hundred jobs are in front", seen)
    ids = [one["jobArn"].split("/")[1] for one in snapshot["frontOfQueue"]["jobs"]]
    assert ids == [waiting] + [f"{array}:{index}" for index in range(99)]
    assert snapshot["queueUtilization"]["totalCapacityUsage"] == [
        {"capacityUnit": "vCPU", "quantity": 4.0}]
    for job in [*busy, waiting, array]:
        batch.terminate_job(jobId=job, reason="enough")
    assert "does not exist" in refused(batch.get_job_queue_snapshot, jobQueue="none")
