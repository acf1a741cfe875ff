"""Rules of AWS Batch that need real programs to be seen: docs/semantics.md names them."""
import re

import pytest
from cluster import wait_for

REQUIREMENT = "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT"
MAX_RESOURCE = "MISCONFIGURATION:COMPUTE_ENVIRONMENT_MAX_RESOURCE"
CAPACITY = "CAPACITY:INSUFFICIENT_INSTANCE_CAPACITY"


@pytest.fixture(scope="module", autouse=True)
def queues(system):
    """Queues whose environments can run nothing, or not much."""
    batch = system.client()
    batch.create_compute_environment(
        computeEnvironmentName="small", type="MANAGED",
        computeResources={"type": "EC2", "minvCpus": 0, "maxvCpus": 1, "instanceTypes": ["optimal"],
                          "subnets": ["subnet-0"], "instanceRole": "ecsInstanceRole"})
    system.create_queue("empty", "empty")
    system.create_queue("small", "small")
    system.create_queue("switched-off", "switched-off")
    batch.update_compute_environment(computeEnvironment="switched-off", state="DISABLED")


def listed(system, queue, job, status="RUNNABLE", **more):
    where = more or {"jobQueue": queue}
    found = system.client().list_jobs(jobStatus=status, **where)["jobSummaryList"]
    return [summary for summary in found if summary["jobId"] == job]


def test_waiting_jobs_tell_awss_codes_at_once(system):
    for queue, vcpus, code in (("default", 64, REQUIREMENT), ("small", 2, MAX_RESOURCE),
                               ("empty", 1, CAPACITY), ("switched-off", 1, "ACTION_REQUIRED")):
        job = system.submit(["/bin/true"], name="waits", queue=queue, vcpus=vcpus)
        behind = system.submit(["/bin/true"], name="behind", queue=queue, vcpus=vcpus, size=3)
        assert system.describe(job)["status"] == "RUNNABLE"
        assert system.describe(job)["statusReason"].startswith(code + " - "), queue
        assert system.describe(f"{behind}:2")["statusReason"].startswith(code + " - "), queue
        assert listed(system, queue, job)[0]["statusReason"].startswith(code + " - "), queue
        assert listed(system, queue, f"{behind}:2", arrayJobId=behind)[0]["statusReason"].startswith(
            code + " - "), queue
        by_name = system.client().list_jobs(jobQueue=queue, filters=[
            {"name": "JOB_NAME", "values": ["waits"]}])["jobSummaryList"]
        assert by_name[0]["statusReason"].startswith(code + " - "), queue
        assert "statusReason" not in system.describe(behind)
        for each in (job, behind):
            system.client().cancel_job(jobId=each, reason="seen")
            assert system.describe(each)["statusReason"] == "seen"


def test_a_job_that_waits_for_room_has_no_code(system):
    first = system.submit(["/bin/sleep", "300"], name="first", vcpus=2, size=8)
    second = system.submit(["/bin/true"], name="second", vcpus=2)
    system.wait_state(f"{first}:0", ("RUNNING",))
    assert system.describe(second)["status"] == "RUNNABLE"
    assert "statusReason" not in system.describe(second)
    system.client().terminate_job(jobId=first, reason="enough")
    assert system.wait_state(second)["status"] == "SUCCEEDED"


def test_a_queue_cancels_what_is_blocked_too_long(system):
    batch = system.client()
    limits = [{"reason": reason, "state": "RUNNABLE", "maxTimeSeconds": 1, "action": "CANCEL"}
              for reason in (REQUIREMENT, CAPACITY)]
    batch.create_job_queue(jobQueueName="impatient", priority=1, jobStateTimeLimitActions=limits,
                           computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "default"}])
    assert batch.describe_job_queues(jobQueues=["impatient"])["jobQueues"][0][
        "jobStateTimeLimitActions"] == limits
    job = system.submit(["/bin/true"], name="huge", queue="impatient", vcpus=64)
    after = system.submit(["/bin/true"], name="after", queue="impatient", dependsOn=[{"jobId": job}])
    done = system.wait_state(job)
    assert done["status"] == "FAILED" and done["isCancelled"]
    assert done["statusReason"] == \
        f"Canceled by JobStateTimeLimit action due to reason: {REQUIREMENT}"
    assert done["stoppedAt"] - done["createdAt"] >= 1000
    assert system.wait_state(after)["statusReason"] == "Dependent Job failed"
    fine = system.submit(["/bin/true"], name="fine", queue="impatient")
    assert system.wait_state(fine)["status"] == "SUCCEEDED"

    batch.update_job_queue(jobQueue="impatient", jobStateTimeLimitActions=[])
    job = system.submit(["/bin/true"], name="huge", queue="impatient", vcpus=64)
    assert system.describe(job)["statusReason"].startswith(REQUIREMENT)
    batch.update_job_queue(jobQueue="impatient", jobStateTimeLimitActions=limits)
    assert system.wait_state(job)["statusReason"].startswith("Canceled by JobStateTimeLimit")


def test_children_are_created_with_their_array(system):
    job = system.submit(["/bin/true"], name="children", size=3)
    system.wait_state(job)
    created = {system.describe(each)["createdAt"] for each in (job, f"{job}:0", f"{job}:2")}
    assert len(created) == 1


def test_long_overrides_run(system):
    definition = system.register("long-overrides", ["/bin/true"])
    long = "x" * 20_000
    job = system.submit(None, definition=definition, containerOverrides={
        "command": ["/bin/sh", "-c", "printf %s \"$LONG\" | wc -c"],
        "environment": [{"name": "LONG", "value": long}]})
    assert system.wait_state(job)["status"] == "SUCCEEDED"
    assert system.log_of(job) == ["20000"]


def test_a_job_shows_what_was_merged(system):
    definition = system.register("merged", ["/bin/echo", "Ref::a", "Ref::b"],
                                 parameters={"a": "default", "b": "kept"})
    job = system.submit(None, definition=definition, parameters={"a": "given"}, containerOverrides={
        "resourceRequirements": [{"type": "MEMORY", "value": "64"}],
        "environment": [{"name": "X", "value": "1"}]})
    done = system.wait_state(job)
    assert done["parameters"] == {"a": "given", "b": "kept"}
    assert {each["type"]: each["value"] for each in done["container"]["resourceRequirements"]} == \
        {"VCPU": "1", "MEMORY": "64"}
    assert done["container"]["environment"] == [{"name": "X", "value": "1"}]
    assert system.log_of(job) == ["given kept"]


def test_older_vcpus_and_memory_override_only_themselves(system):
    batch = system.client()
    batch.register_job_definition(jobDefinitionName="older", type="container", containerProperties={
        "image": "native", "command": ["/bin/true"], "vcpus": 1, "memory": 128})
    newer = system.register("newer", ["/bin/true"])
    overrides = {"vcpus": 2, "memory": 64}
    job = system.wait_state(system.submit(None, definition="older", containerOverrides=overrides))
    assert (job["container"]["vcpus"], job["container"]["memory"]) == (2, 64)
    job = system.wait_state(system.submit(None, definition=newer, containerOverrides=overrides))
    assert "vcpus" not in job["container"]
    assert {each["type"]: each["value"] for each in job["container"]["resourceRequirements"]} == \
        {"VCPU": "1", "MEMORY": "128"}


def test_arns_and_streams_have_awss_form(system):
    name = "long-" + "n" * 120
    job = system.submit(["/bin/echo", "said"], name=name)
    done = system.wait_state(job)
    container, hexadecimal = done["container"], "[0-9a-f]{32}"
    ecs = r"arn:aws:ecs:us-east-1:\d{12}:"
    assert re.fullmatch(ecs + f"task/[^/]+/{hexadecimal}", container["taskArn"])
    assert re.fullmatch(ecs + f"container-instance/[^/]+/{hexadecimal}",
                        container["containerInstanceArn"])
    task = container["taskArn"].rsplit("/", 1)[1]
    assert container["logStreamName"] == f"{name}/default/{task}"
    assert done["attempts"][0]["container"]["taskArn"] == container["taskArn"]
    assert not set(container["logStreamName"]) & set(":*")
    wait_for("its log is there", lambda: system.log_of(job) == ["said"])
