"""Job definitions of every kind, through boto3: what runs, what is only kept, what is refused."""
import pytest

SIZES = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}]


def container(name, **more):
    return {"name": name, "image": "native", "command": ["/bin/true"], "resourceRequirements": SIZES,
            **more}


def described(system, answer):
    (definition,) = system.client().describe_job_definitions(
        jobDefinitions=[answer["jobDefinitionArn"]])["jobDefinitions"]
    return definition


def refused(system, **request):
    batch = system.client()
    with pytest.raises(batch.exceptions.ClientException) as refusal:
        batch.submit_job(jobName="refused", jobQueue="default", **request)
    return refusal.value.response["Error"]["Message"]


def test_a_task_of_one_container_runs_and_shows_how_it_ended(system):
    batch = system.client()
    task = {"ipcMode": "task", "containers": [container(
        "main", command=["/bin/sh", "-c", "echo $COLOUR Ref::what; exit 3"],
        environment=[{"name": "COLOUR", "value": "red"}])]}
    answer = batch.register_job_definition(
        jobDefinitionName="ecs-one", type="container", parameters={"what": "roses"},
        ecsProperties={"taskProperties": [task]})
    definition = described(system, answer)
    assert definition["ecsProperties"] == {"taskProperties": [task]}
    assert "containerProperties" not in definition
    job = batch.submit_job(
        jobName="ecs-one", jobQueue="default", jobDefinition="ecs-one", ecsPropertiesOverride={
            "taskProperties": [{"containers": [{
                "name": "main", "environment": [{"name": "COLOUR", "value": "blue"}]}]}]})["jobId"]
    done = system.wait_state(job)
    assert done["status"] == "FAILED"
    assert system.log_of(job) == ["blue roses"]
    (shown,) = done["ecsProperties"]["taskProperties"]
    assert shown["ipcMode"] == "task" and shown["taskArn"]
    (ran,) = shown["containers"]
    assert ran["name"] == "main" and ran["exitCode"] == 3 and ran["logStreamName"]
    assert ran["environment"] == [{"name": "COLOUR", "value": "blue"}]
    ((again,),) = [attempt["taskProperties"][0]["containers"] for attempt in done["attempts"]]
    assert again["name"] == "main" and again["exitCode"] == 3


def test_nodes_are_kept_with_the_lists_that_aws_shows(system):
    batch = system.client()
    given = {"image": "native", "command": ["/bin/true"], "resourceRequirements": SIZES}
    answer = batch.register_job_definition(
        jobDefinitionName="nodes", type="multinode", nodeProperties={
            "numNodes": 4, "mainNode": 0, "nodeRangeProperties": [
                {"targetNodes": "0:", "container": given},
                {"targetNodes": "1:2", "container": given}]})
    definition = described(system, answer)
    assert definition["type"] == "multinode"
    lists = {"environment": [], "mountPoints": [], "secrets": [], "ulimits": [], "volumes": []}
    assert definition["nodeProperties"] == {
        "numNodes": 4, "mainNode": 0, "nodeRangeProperties": [
            {"targetNodes": "0:", "container": given | lists},
            {"targetNodes": "1:2", "container": given | lists}]}
    assert batch.list_jobs(multiNodeJobId="11111111-2222-4333-8444-555555555555")[
        "jobSummaryList"] == []
    assert batch.describe_jobs(jobs=["11111111-2222-4333-8444-555555555555#0"])["jobs"] == []


def test_overrides_of_another_kind_are_refused(system):
    definition = system.register("plain", ["/bin/true"])
    assert refused(system, jobDefinition=definition, nodeOverrides={"numNodes": 2}) == (
        "nodeOverrides cannot be used with this job definition, only containerOverrides")


def test_what_a_job_takes_is_kept_and_shown(system):
    batch = system.client()
    arn = batch.create_consumable_resource(consumableResourceName="seats", totalQuantity=9)[
        "consumableResourceArn"]

    def takes(name, quantity):
        return {"consumableResourceList": [{"consumableResource": name, "quantity": quantity}]}
    definition = system.register("taker", ["/bin/true"],
                                 consumableResourceProperties=takes("seats", 2))
    (shown,) = batch.describe_job_definitions(jobDefinitions=[definition])["jobDefinitions"]
    assert shown["consumableResourceProperties"] == takes(arn, 2)
    first = system.submit([], definition=definition)
    other = system.submit([], name="Other", definition=definition,
                          consumableResourcePropertiesOverride=takes(arn, 5))
    system.submit(["/bin/true"], name="none")
    for job in (first, other):
        assert system.wait_state(job)["status"] == "SUCCEEDED"
    assert system.describe(other)["consumableResourceProperties"] == takes(arn, 5)

    def listed(*filters, **more):
        return batch.list_jobs_by_consumable_resource(
            consumableResource="seats", filters=[{"name": name, "values": values}
                                                 for name, *values in filters], **more)
    assert [(one["jobArn"].split("/")[1], one["quantity"], one["jobStatus"])
            for one in listed()["jobs"]] == [(other, 5, "SUCCEEDED"), (first, 2, "SUCCEEDED")]
    assert [one["jobName"] for one in listed(("JOB_NAME", "oth*"))["jobs"]] == ["Other"]
    assert listed(("JOB_STATUS", "FAILED", "RUNNING"))["jobs"] == []
    page = listed(maxResults=1)
    assert [one["jobName"] for one in listed(maxResults=1, nextToken=page["nextToken"])["jobs"]
            ] == ["job"]
