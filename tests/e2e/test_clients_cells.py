"""What clients cannot do without: for each, the calls it makes and the members it crashes on, or goes
wrong by, when they are missing. All at one real system, by boto3."""
import re
import uuid

import pytest
from cluster import wait_for
from workflow import RESOURCES, register

SMALL = {"image": "native", "vcpus": 1, "memory": 64}


@pytest.fixture(scope="module")
def batch(batch_pool):
    register(batch_pool, "ok", ["/bin/echo", "hello"])
    register(batch_pool, "bad", ["/bin/sh", "-c", "echo last words; exit 3"])
    return batch_pool.client()


@pytest.fixture(scope="module")
def failed(batch_pool, batch):
    job = batch.submit_job(jobName="bad", jobQueue="test-queue", jobDefinition="bad")["jobId"]
    return batch_pool.wait_state(job)


@pytest.fixture(scope="module")
def array(batch_pool, batch):
    job = batch.submit_job(jobName="array", jobQueue="test-queue", jobDefinition="ok",
                           arrayProperties={"size": 2})["jobId"]
    return batch_pool.wait_state(job)


def only(answer):
    """The one thing of an answer's list."""
    lists = [value for value in answer.values() if isinstance(value, list)]
    assert [len(one) for one in lists] == [1], answer
    return lists[0][0]


def environment_of(batch, name):
    return batch.describe_compute_environments(computeEnvironments=[name])["computeEnvironments"]


def queue_of(batch, name):
    return batch.describe_job_queues(jobQueues=[name])["jobQueues"]


def settled(describe, name, state):
    """Terraform waits for a state that no change is under way to."""
    return wait_for(f"{name} is {state} and VALID", lambda: [
        one for one in describe(name) if (one["state"], one["status"]) == (state, "VALID")])[0]


# ---- Terraform, Lithops


def test_terraform_makes_and_unmakes(batch):
    arn = batch.create_compute_environment(
        computeEnvironmentName="tf", type="UNMANAGED", tags={"a": "b"}, serviceRole="r")[
            "computeEnvironmentArn"]
    shown = settled(lambda name: environment_of(batch, name), arn, "ENABLED")
    assert shown["tags"] == {"a": "b"} and "computeResources" not in shown
    queue = batch.create_job_queue(
        jobQueueName="tf", priority=1, state="ENABLED", tags={"c": "d"},
        computeEnvironmentOrder=[{"order": 1, "computeEnvironment": arn}])["jobQueueArn"]
    shown = settled(lambda name: queue_of(batch, name), queue, "ENABLED")
    assert shown["tags"] == {"c": "d"}
    assert shown["computeEnvironmentOrder"] == [{"order": 1, "computeEnvironment": arn}]
    batch.update_job_queue(jobQueue="tf", priority=2)
    batch.update_job_queue(jobQueue=queue, state="DISABLED")
    assert settled(lambda name: queue_of(batch, name), queue, "DISABLED")["priority"] == 2
    batch.delete_job_queue(jobQueue=queue)
    wait_for("the queue is gone", lambda: all(
        one["status"] == "DELETED" for one in queue_of(batch, queue)))
    with pytest.raises(batch.exceptions.ClientException, match="does not exist"):
        batch.update_job_queue(jobQueue=queue, state="DISABLED")
    batch.update_compute_environment(computeEnvironment=arn, state="DISABLED")
    settled(lambda name: environment_of(batch, name), arn, "DISABLED")
    batch.delete_compute_environment(computeEnvironment=arn)
    wait_for("the environment is gone", lambda: all(
        one["status"] == "DELETED" for one in environment_of(batch, arn)))


def test_terraform_finds_exactly_what_it_set(batch):
    given = {
        "image": "busybox", "command": ["echo", "a"], "jobRoleArn": "arn:aws:iam::123456789012:role/j",
        "environment": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}],
        "volumes": [{"name": "v", "host": {"sourcePath": "/tmp"}}],
        "mountPoints": [{"sourceVolume": "v", "containerPath": "/mnt", "readOnly": False}],
        "resourceRequirements": [{"type": "VCPU", "value": "0.25"}, {"type": "MEMORY", "value": "512"}],
        "ulimits": [{"name": "nofile", "softLimit": 10, "hardLimit": 20}],
        "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/tf"}}}
    retry = {"attempts": 3, "evaluateOnExit": [{"action": "retry", "onStatusReason": "Host EC2*"},
                                               {"action": "exit", "onReason": "*"}]}
    arn = batch.register_job_definition(
        jobDefinitionName="tf", type="container", containerProperties=given, retryStrategy=retry,
        timeout={"attemptDurationSeconds": 60}, parameters={"k": "v"}, tags={"a": "b"},
        propagateTags=False, platformCapabilities=["EC2"])["jobDefinitionArn"]
    shown = only(batch.describe_job_definitions(jobDefinitions=[arn]))
    assert {name: shown["containerProperties"][name] for name in given} == given
    extra = {name: value for name, value in shown["containerProperties"].items() if name not in given}
    assert all(value == [] for value in extra.values()), extra
    assert shown["retryStrategy"]["attempts"] == 3
    assert [rule["action"].lower() for rule in shown["retryStrategy"]["evaluateOnExit"]] == [
        "retry", "exit"]
    assert (shown["timeout"], shown["parameters"], shown["tags"], shown["platformCapabilities"]) == (
        {"attemptDurationSeconds": 60}, {"k": "v"}, {"a": "b"}, ["EC2"])
    assert shown["propagateTags"] is False and shown["status"] == "ACTIVE" and shown["revision"] == 1
    batch.deregister_job_definition(jobDefinition=arn)
    assert only(batch.describe_job_definitions(jobDefinitions=[arn]))["status"] == "INACTIVE"


def test_lithops_may_leave_roles_empty_and_state_out(batch):
    batch.create_compute_environment(
        computeEnvironmentName="lithops", type="MANAGED", serviceRole="",
        computeResources={"type": "FARGATE_SPOT", "maxvCpus": 2, "subnets": ["s"],
                          "securityGroupIds": ["g"]})
    shown = settled(lambda name: environment_of(batch, name), "lithops", "ENABLED")
    assert shown["computeResources"]["type"] == "FARGATE_SPOT"


# ---- Metaflow, Snakemake, Luigi, ParallelCluster


def test_metaflow_and_snakemake_find_the_kind_of_the_environment(batch):
    (queue,) = queue_of(batch, "test-queue")
    name = queue["computeEnvironmentOrder"][0]["computeEnvironment"]
    (environment,) = environment_of(batch, name)
    assert environment["computeResources"]["type"] == RESOURCES["type"]


def test_luigi_and_awsbqueues_see_the_state_of_a_queue(batch):
    (queue,) = queue_of(batch, "test-queue")
    assert (queue["jobQueueName"], queue["state"], queue["status"]) == (
        "test-queue", "ENABLED", "VALID")
    assert queue["statusReason"] == "JobQueue Healthy"


def test_metaflow_finds_a_job_at_once(batch):
    job = batch.submit_job(jobName="at-once", jobQueue="test-queue", jobDefinition="ok",
                           containerOverrides={}, parameters={}, tags={})["jobId"]
    shown = only(batch.describe_jobs(jobs=[job]))
    assert isinstance(shown["createdAt"], int) and shown["jobId"] == job
    assert shown["parameters"] == {}


def test_metaflow_lists_jobs_by_name(batch, batch_pool, failed):
    pages = batch.get_paginator("list_jobs").paginate(
        jobQueue="test-queue", jobStatus="FAILED", PaginationConfig={"PageSize": 1})
    listed = [job for page in pages for job in page["jobSummaryList"]]
    assert (failed["jobId"], "bad") in [(job["jobId"], job["jobName"]) for job in listed]


def test_metaflow_finds_its_place_in_the_jobs_environment(batch, batch_pool):
    names = ["AWS_BATCH_JOB_ID", "AWS_BATCH_JOB_ATTEMPT", "AWS_BATCH_CE_NAME", "AWS_BATCH_JQ_NAME",
             "AWS_EXECUTION_ENV"]
    register(batch_pool, "place", ["/bin/sh", "-c", "echo " + "; echo ".join("$" + n for n in names)])
    job = batch.submit_job(jobName="place", jobQueue="test-queue", jobDefinition="place")["jobId"]
    batch_pool.wait_state(job)
    lines = wait_for("the log is here", lambda: batch_pool.log_of(job))
    assert lines == [job, "1", "test-ce", "test-queue", lines[4]] and lines[4]


# ---- how a job ended: Toil, miniwdl, Luigi, Galaxy, Funnel, Cromwell, redun, TorchX


@pytest.mark.parametrize("client, path, wanted", [
    ("Toil", ("container", "exitCode"), 3),
    ("miniwdl", ("container", "exitCode"), 3),
    ("Luigi", ("attempts", 0, "container", "logStreamName"), re.compile(r"bad/default/[0-9a-f]{32}")),
    ("Galaxy", ("statusReason",), "Essential container in task exited"),
    ("Funnel", ("status",), "FAILED"),
    ("redun", ("attempts", -1, "statusReason"), "Essential container in task exited"),
    ("Metaflow", ("attempts", -1, "container", "exitCode"), 3),
    ("Cromwell", ("container", "logStreamName"), re.compile("bad/default/.*")),
    ("Airflow", ("container", "logStreamName"), re.compile("bad/default/.*"))])
def test_a_failed_job_says(client, path, wanted, failed):
    value = failed
    for step in path:
        value = value[step]
    if isinstance(wanted, re.Pattern):
        assert wanted.fullmatch(value), (client, value)
    else:
        assert value == wanted and isinstance(value, type(wanted)), (client, value)


def test_cromwell_finds_a_container_in_every_state(batch):
    blocked = batch.submit_job(
        jobName="waits", jobQueue="test-queue", jobDefinition="ok",
        dependsOn=[{"jobId": batch.submit_job(
            jobName="long", jobQueue="test-queue", jobDefinition="ok",
            containerOverrides={"command": ["/bin/sleep", "600"]})["jobId"]}])["jobId"]
    shown = only(batch.describe_jobs(jobs=[blocked]))
    assert shown["container"]["command"] == ["/bin/echo", "hello"]
    assert "exitCode" not in shown["container"] and "logStreamName" not in shown["container"]
    assert "startedAt" not in shown and "stoppedAt" not in shown and shown["attempts"] == []
    batch.terminate_job(jobId=shown["dependsOn"][0]["jobId"], reason="enough")
    batch.terminate_job(jobId=blocked, reason="enough")


def test_snakemake_terminates_what_has_ended(batch, failed):
    batch.terminate_job(jobId=failed["jobId"], reason="snakemake cleans up")
    assert only(batch.describe_jobs(jobs=[failed["jobId"]]))["statusReason"] == failed["statusReason"]


# ---- the names of jobs: TorchX, Airflow, redun, awsbstat


def test_torchx_names_jobs_by_arn(batch, failed, array):
    listed = batch.list_jobs(jobQueue="test-queue", filters=[
        {"name": "JOB_NAME", "values": ["bad"]}])["jobSummaryList"]
    arn = [job["jobArn"] for job in listed if job["jobId"] == failed["jobId"]][0]
    assert only(batch.describe_jobs(jobs=[arn]))["jobId"] == failed["jobId"]
    child = only(batch.describe_jobs(jobs=[f"{array['jobArn']}:1"]))
    assert child["jobId"] == f"{array['jobId']}:1"
    batch.terminate_job(jobId=arn, reason="torchx cancel")
    everything = batch.list_jobs(jobQueue="test-queue", filters=[
        {"name": "AFTER_CREATED_AT", "values": ["1"]}])["jobSummaryList"]
    assert failed["jobId"] in [job["jobId"] for job in everything]


def test_airflow_gets_exactly_the_job_it_asks_for(batch, array):
    for job in (array["jobId"], f"{array['jobId']}:0"):
        assert only(batch.describe_jobs(jobs=[job]))["jobId"] == job
    assert batch.describe_jobs(jobs=[str(uuid.uuid4()), ""])["jobs"] == []


def test_awsbstat_sees_by_a_member_what_is_an_array(batch, array, failed):
    listed = {job["jobId"]: job for job in batch.list_jobs(
        jobQueue="test-queue", jobStatus="SUCCEEDED", nextToken="")["jobSummaryList"]}
    assert listed[array["jobId"]]["arrayProperties"]["size"] == 2
    assert "arrayProperties" not in failed and "nodeProperties" not in failed
    none = batch.submit_job(jobName="none", jobQueue="test-queue", jobDefinition="ok",
                            arrayProperties={}, dependsOn=[])["jobId"]
    assert "arrayProperties" not in only(batch.describe_jobs(jobs=[none]))


# ---- definitions: redun, Nextflow, Cromwell, Toil


def test_redun_finds_its_definition_again(batch):
    given = {"command": ["ls"], "image": "native", "environment": [], "mountPoints": [], "volumes": [],
             "resourceRequirements": [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}],
             "ulimits": [], "privileged": False}
    batch.register_job_definition(jobDefinitionName="redun-jd", type="container",
                                  containerProperties=given)
    shown = only(batch.describe_job_definitions(jobDefinitionName="redun-jd", status="ACTIVE"))
    assert {name: shown["containerProperties"][name] for name in given} == given


def test_nextflow_and_cromwell_find_a_definition_by_what_is_in_it(batch):
    batch.register_job_definition(jobDefinitionName="nf-busybox", type="container",
                                  containerProperties={**SMALL, "command": ["true"]},
                                  parameters={"nf-token": "0123"})
    shown = only(batch.describe_job_definitions(jobDefinitionName="nf-busybox"))
    assert (shown["status"], shown["parameters"], shown["revision"]) == (
        "ACTIVE", {"nf-token": "0123"}, 1)
    assert shown["jobDefinitionArn"].endswith(":job-definition/nf-busybox:1")


def test_toil_may_leave_read_only_out(batch):
    batch.register_job_definition(
        jobDefinitionName="toil", type="container", containerProperties={
            **SMALL, "command": ["true"], "privileged": True,
            "volumes": [{"name": "v", "host": {"sourcePath": "/tmp"}}],
            "mountPoints": [{"containerPath": "/tmp", "sourceVolume": "v"}]})
    mount, = only(batch.describe_job_definitions(jobDefinitionName="toil"))["containerProperties"][
        "mountPoints"]
    assert mount == {"containerPath": "/tmp", "sourceVolume": "v"}


# ---- errors


def test_nothing_unknown_is_a_404(batch):
    for call in (lambda: batch.submit_job(jobName="j", jobQueue="none", jobDefinition="ok"),
                 lambda: batch.submit_job(jobName="j", jobQueue="test-queue", jobDefinition="none"),
                 lambda: batch.update_compute_environment(computeEnvironment="none"),
                 lambda: batch.terminate_job(jobId="", reason="r"),
                 lambda: batch.cancel_job(jobId=str(uuid.uuid4()), reason="")):
        with pytest.raises(batch.exceptions.ClientException) as refused:
            call()
        answer = refused.value.response
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400 and answer["Error"]["Message"]
        assert answer["ResponseMetadata"]["RequestId"]
        assert answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-errortype"] == "ClientException"


def test_logs_end_as_readers_know_it(batch_pool, failed):
    logs, group = batch_pool.client("logs"), "/aws/batch/job"
    stream = failed["container"]["logStreamName"]
    wait_for("the log is here", lambda: batch_pool.log_of(failed["jobId"]) == ["last words"])
    luigi = logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=False)
    assert [event["message"] for event in luigi["events"]] == ["last words"]
    torchx = logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True,
                                 nextToken=luigi["nextForwardToken"])
    assert torchx["events"] == [] and torchx["nextForwardToken"] == luigi["nextForwardToken"]
    redun = logs.get_log_events(logGroupName=group, logStreamName=stream,
                                nextToken=luigi["nextBackwardToken"])
    assert redun["events"] == [] and redun["nextBackwardToken"] == luigi["nextBackwardToken"]
    nothing = logs.filter_log_events(logGroupName=group, logStreamNames=[stream], filterPattern="none")
    assert nothing["events"] == [] and "nextToken" not in nothing
