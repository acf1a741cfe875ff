"""The contract of AWS Batch: for every operation of botocore's model, generated requests, right and wrong
at every level, against a real scheduler; its answers are held against the model too."""
import http.client
import itertools
import json
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from conformance.shapes import complaints
from contract_cases import (MODEL, OPERATIONS, bounds, maximal, minimal, parsed, places,
                            structures, wrong_types)
from signing import signed

# Refused although all that the model requires is there: it lacks this.
REFUSED = {"CreateJobQueue": "^Member computeEnvironmentOrder is required", "ListJobs": "multiNodeJobId must be given",
           "RegisterJobDefinition": "^Member containerProperties, ecsProperties or eksProperties is required",
           "UpdateConsumableResource": "^operation must be", "CreateQuotaShare": "^JobQueue default cannot",
           # There is no SageMaker behind this door.
           "SubmitServiceJob": "SageMaker", "DescribeServiceJob": "does not exist",
           "UpdateServiceJob": "does not exist", "TerminateServiceJob": "does not exist"}

SHAPE_REFUSAL = re.compile(r"validation error|could not be parsed|^Member \S+ (is required|must be an? |must be "
                           r"true)|out of range|JSON")
SMALL = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}]


def test_the_documentation_names_every_operation_once():
    text = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
    section = text[text.index("## AWS Batch"):text.index("## CloudWatch Logs")]
    named = [name for line in section.splitlines() if line.startswith("| ")
             for name in line.split("|")[1].strip().split(", ")]
    assert sorted(set(named) - {"Operation"}) == OPERATIONS and len(named) == len(OPERATIONS) + 1


class Door:
    """One kept-alive connection that signs as the admin."""

    def __init__(self, cluster):
        self.access, self.host = cluster.access, cluster.http
        self.connection = http.client.HTTPConnection(self.host, timeout=30)

    def ask(self, operation, request, uri=None):
        """(status, headers, answer) of a request; `uri` fills the holes of its path."""
        model = MODEL.operation_model(operation).http
        target = model["requestUri"]
        for name, value in (uri or {}).items():
            target = target.replace("{" + name + "}", quote(value, safe=""))
        body = json.dumps(request).encode() if model["method"] == "POST" else b""
        if operation == "UntagResource":
            target += "?tagKeys=a"
        headers = signed(self.access, model["method"], self.host, target, body,
                         "application/json" if body else "")
        self.connection.request(model["method"], target, body or None, headers)
        answer = self.connection.getresponse()
        return self.judged(operation, answer.status, answer.headers, answer.read())

    @staticmethod
    def judged(operation, status, headers, body):
        """What holds for every answer, good or bad."""
        assert headers["x-amzn-RequestId"], f"{operation} has no request id"
        if operation in ("TagResource", "UntagResource") and status == 204:
            assert body == b""
            return 200, {}
        answer = json.loads(body)
        understood = parsed(operation, status, dict(headers), body)
        if status == 200:
            output = MODEL.operation_model(operation).output_shape
            assert not complaints(output, answer, operation)
        else:
            assert status == 400, f"{operation}: {status} {answer}"
            assert headers["x-amzn-errortype"] == answer["__type"] == "ClientException", answer
            assert answer["message"], f"{operation} is refused without a word"
            assert understood["Error"] == {"Code": "ClientException", "Message": answer["message"]}
        return status, answer


class World:
    """What requests may name, made for real."""

    def __init__(self, cluster):
        self.batch, self.door = cluster.client(), Door(cluster)
        self.numbers = itertools.count()
        self.definition = cluster.register("contract", ["/bin/true"])
        self.job = cluster.submit(["/bin/true"], definition=self.definition, tags={"a": "b"})
        self.array = cluster.submit(["/bin/true"], definition=self.definition, size=2)
        for job in (self.job, self.array):
            cluster.wait_state(job)
        self.resource_arn = self.batch.describe_jobs(jobs=[self.job])["jobs"][0]["jobArn"]

    def fresh(self):
        return f"contract-{next(self.numbers)}"

    def queue(self, state="ENABLED"):
        name = self.fresh()
        self.batch.create_job_queue(jobQueueName=name, state=state, priority=1, computeEnvironmentOrder=[
            {"order": 1, "computeEnvironment": "default"}])
        return name

    def policy(self):
        return self.batch.create_scheduling_policy(name=self.fresh())["arn"]

    def consumable(self):
        name = self.fresh()
        self.batch.create_consumable_resource(consumableResourceName=name)
        return name

    def service(self, state="ENABLED"):
        name = self.fresh()
        self.batch.create_service_environment(
            serviceEnvironmentName=name, serviceEnvironmentType="SAGEMAKER_TRAINING", state=state,
            capacityLimits=[{"maxCapacity": 1}])
        return name

    def share(self, state="ENABLED"):
        queue = self.fresh()
        self.batch.create_job_queue(jobQueueName=queue, priority=1, serviceEnvironmentOrder=[
            {"order": 1, "serviceEnvironment": self.service()}])
        return self.batch.create_quota_share(
            quotaShareName="share", jobQueue=queue, state=state,
            capacityLimits=[{"maxCapacity": 1, "capacityUnit": "NUM_INSTANCES"}],
            resourceSharingConfiguration={"strategy": "RESERVE"},
            preemptionConfiguration={"inSharePreemption": "DISABLED"})["quotaShareArn"]

    def environment(self, state="ENABLED"):
        name = self.fresh()
        self.batch.create_compute_environment(computeEnvironmentName=name, type="UNMANAGED", state=state)
        return name

    def real(self, operation):
        """Values of top members with which a request means something that is there."""
        return {
            "CancelJob": lambda: {"jobId": self.job},
            "CancelJobs": lambda: {"jobs": [self.job, "none"]},
            "CreateComputeEnvironment": lambda: {"computeEnvironmentName": self.fresh(), "type": "UNMANAGED"},
            "CreateConsumableResource": lambda: {"consumableResourceName": self.fresh()},
            "CreateJobQueue": lambda: {"jobQueueName": self.fresh()},
            "CreateQuotaShare": lambda: {"quotaShareName": self.fresh(), "jobQueue": "default"},
            "CreateSchedulingPolicy": lambda: {"name": self.fresh()},
            "CreateServiceEnvironment": lambda: {"serviceEnvironmentName": self.fresh()},
            "DeleteComputeEnvironment": lambda: {"computeEnvironment": self.environment("DISABLED")},
            "DeleteConsumableResource": lambda: {"consumableResource": self.consumable()},
            "DeleteQuotaShare": lambda: {"quotaShareArn": self.share("DISABLED")},
            "DeleteSchedulingPolicy": lambda: {"arn": self.policy()},
            "DeleteServiceEnvironment": lambda: {"serviceEnvironment": self.service("DISABLED")},
            "DescribeConsumableResource": lambda: {"consumableResource": self.consumable()},
            "DescribeQuotaShare": lambda: {"quotaShareArn": self.share()},
            "ListJobsByConsumableResource": lambda: {"consumableResource": self.consumable()},
            "ListQuotaShares": lambda: {"jobQueue": "default"},
            "UpdateConsumableResource": lambda: {"consumableResource": self.consumable()},
            "UpdateQuotaShare": lambda: {"quotaShareArn": self.share()},
            "UpdateSchedulingPolicy": lambda: {"arn": self.policy()},
            "UpdateServiceEnvironment": lambda: {"serviceEnvironment": self.service()},
            "DeleteJobQueue": lambda: {"jobQueue": self.queue("DISABLED")},
            "DeregisterJobDefinition": lambda: {"jobDefinition": self.batch.register_job_definition(
                jobDefinitionName=self.fresh(), type="container", containerProperties={
                    "image": "native", "resourceRequirements": SMALL})["jobDefinitionArn"]},
            "DescribeJobs": lambda: {"jobs": [self.job, self.array, self.array + ":1"]},
            "GetJobQueueSnapshot": lambda: {"jobQueue": "default"},
            "SubmitJob": lambda: {"jobName": "job", "jobQueue": "default", "jobDefinition": self.definition},
            "TerminateJob": lambda: {"jobId": self.job},
            "TerminateJobs": lambda: {"jobs": [self.job, "none"]},
            "UpdateComputeEnvironment": lambda: {"computeEnvironment": "default"},
            "UpdateJobQueue": lambda: {"jobQueue": "default"},
        }.get(operation, dict)()

    def ask(self, operation, request):
        return self.door.ask(operation, request, {"resourceArn": self.resource_arn})


@pytest.fixture(scope="module")
def world(system):
    return World(system)


def shape_of(operation):
    return MODEL.operation_model(operation).input_shape


def check_has_shape(operation, status, answer, request):
    is_business = operation in REFUSED and re.search(REFUSED[operation], answer.get("message", ""))
    assert status == 200 or is_business or not SHAPE_REFUSAL.search(answer["message"]), \
        f"{operation} {json.dumps(request)[:2000]}: {answer}"


def check_refused_at(operation, path, constraint, status, answer, value):
    __tracebackhide__ = True
    text = answer.get("message", "")
    assert status == 400 and re.match(r"1 validation error detected: Value ", text) and \
        f"at '{path}' failed to satisfy constraint: {constraint}" in text, \
        f"{operation}: {path} = {json.dumps(value)[:200]} is answered with {status} {answer}"


@pytest.fixture(params=OPERATIONS)
def operation(request):
    return request.param


def test_what_is_required_is_enough(world, operation):
    request = minimal(shape_of(operation), world.real(operation))
    status, answer = world.ask(operation, request)
    if operation in REFUSED:
        assert status == 400 and re.search(REFUSED[operation], answer["message"]), answer
    else:
        assert status == 200, f"{operation} {request}: {answer}"


def whole(world, operation):
    return maximal(shape_of(operation), world.real(operation))


def test_every_member_may_be_there(world, operation):
    request = whole(world, operation)
    check_has_shape(operation, *world.ask(operation, request), request)


def test_null_is_absent(world, operation):
    request = whole(world, operation)
    for place in places(shape_of(operation), request):
        if not place.is_member:
            continue
        kept, place.holder[place.key] = place.value, None
        status, answer = world.ask(operation, request)
        if place.is_required:
            check_refused_at(operation, place.path, "Member must not be null", status, answer, None)
        else:
            check_has_shape(operation, status, answer, request)
        place.holder[place.key] = kept


def test_what_is_required_cannot_be_left_out(world, operation):
    request = whole(world, operation)
    for place in places(shape_of(operation), request):
        if place.is_required:
            kept = place.holder.pop(place.key)
            status, answer = world.ask(operation, request)
            check_refused_at(operation, place.path, "Member must not be null", status, answer, None)
            place.holder[place.key] = kept


def test_no_member_takes_another_type(world, operation):
    request = whole(world, operation)
    for place in places(shape_of(operation), request):
        kept = place.value
        for wrong in wrong_types(place):
            place.holder[place.key] = wrong
            status, answer = world.ask(operation, request)
            check_refused_at(operation, place.path, "Member must be ", status, answer, wrong)
        place.holder[place.key] = kept


def test_bounds_and_choices_hold(world, operation):
    request = whole(world, operation)
    for place in places(shape_of(operation), request):
        kept = place.value
        good, broken = bounds(place)
        for value in good:
            place.holder[place.key] = value
            check_has_shape(operation, *world.ask(operation, request), request)
        for value in broken:
            place.holder[place.key] = value
            status, answer = world.ask(operation, request)
            check_refused_at(operation, place.path, "Member must ", status, answer, value)
        place.holder[place.key] = kept


def test_unknown_members_are_ignored(world, operation):
    request = minimal(shape_of(operation), world.real(operation))
    known, _ = world.ask(operation, request)
    request = minimal(shape_of(operation), world.real(operation))
    for structure in structures(shape_of(operation), request):
        structure["fromTheFuture"] = [{"a": None}]
    status, answer = world.ask(operation, request)
    assert status == known, answer
    request = whole(world, operation)
    for structure in list(structures(shape_of(operation), request)):
        structure["fromTheFuture"] = [{"a": None}]
    check_has_shape(operation, *world.ask(operation, request), request)


CONTAINER = {"image": "native", "command": ["/bin/true"], "resourceRequirements": SMALL}


def test_every_operation_answers_in_its_shape(world, system):
    """One life with all operations that succeed: each answer is held against the model."""
    asked = set()

    def do(name, /, **body):
        asked.add(name)
        status, answer = world.ask(name, body)
        assert status == 200, (name, body, answer)
        return answer

    tags = {"a": "é"}
    do("CreateComputeEnvironment", computeEnvironmentName="c-ce", type="MANAGED", tags=tags,
       computeResources={"type": "EC2", "maxvCpus": 8, "minvCpus": 0, "subnets": ["s"]})
    do("UpdateComputeEnvironment", computeEnvironment="c-ce", computeResources={"maxvCpus": 4})
    fair = do("CreateSchedulingPolicy", name="c-fair", tags=tags, fairsharePolicy={
        "shareDecaySeconds": 60, "shareDistribution": [
            {"shareIdentifier": "a*", "weightFactor": 0.5}]})["arn"]
    do("UpdateSchedulingPolicy", arn=fair, fairsharePolicy={"computeReservation": 5})
    do("CreateJobQueue", jobQueueName="c-q", priority=3, tags=tags, schedulingPolicyArn=fair,
       computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "c-ce"}],
       jobStateTimeLimitActions=[{"reason": "MISCONFIGURATION:JOB_RESOURCE_REQUIREMENT",
                                  "state": "RUNNABLE", "maxTimeSeconds": 600, "action": "CANCEL"}])
    do("UpdateJobQueue", jobQueue="c-q", priority=4, state="DISABLED")
    do("CreateServiceEnvironment", serviceEnvironmentName="c-se", tags=tags,
       serviceEnvironmentType="SAGEMAKER_TRAINING", capacityLimits=[{"maxCapacity": 1}])
    do("CreateJobQueue", jobQueueName="c-sq", priority=1,
       serviceEnvironmentOrder=[{"order": 1, "serviceEnvironment": "c-se"}])
    share = do("CreateQuotaShare", quotaShareName="c-s", jobQueue="c-sq",
               capacityLimits=[{"maxCapacity": 1, "capacityUnit": "NUM_INSTANCES"}],
               resourceSharingConfiguration={"strategy": "RESERVE"},
               preemptionConfiguration={"inSharePreemption": "DISABLED"})["quotaShareArn"]
    do("DescribeQuotaShare", quotaShareArn=share)
    do("ListQuotaShares", jobQueue="c-sq")
    do("UpdateQuotaShare", quotaShareArn=share, state="DISABLED")
    do("CreateConsumableResource", consumableResourceName="c-r", totalQuantity=3, tags=tags)
    do("UpdateConsumableResource", consumableResource="c-r", operation="ADD", quantity=1)
    do("DescribeConsumableResource", consumableResource="c-r")
    do("ListConsumableResources")

    takes = {"consumableResourceList": [{"consumableResource": "c-r", "quantity": 2}]}
    full = {"jobDefinitionName": "c-d", "consumableResourceProperties": takes, "type": "container", "parameters": {"p": "1"},
            "containerProperties": {**CONTAINER, "environment": [{"name": "A", "value": "B"}]},
            "retryStrategy": {"attempts": 2, "evaluateOnExit": [
                {"action": "exit", "onExitCode": "7*"}]},
            "timeout": {"attemptDurationSeconds": 60}, "tags": tags, "propagateTags": True,
            "platformCapabilities": ["EC2"], "schedulingPriority": 3}
    registered = do("RegisterJobDefinition", **full)
    do("DescribeJobDefinitions", jobDefinitionName="c-d")

    def submit(queue="default", **more):
        return do("SubmitJob", jobName="job", jobQueue=queue, jobDefinition="c-d", **more)["jobId"]
    single, array = submit(tags=tags), submit(arrayProperties={"size": 3})
    after = submit(dependsOn=[{"jobId": array}])
    failing = submit(containerOverrides={"command": ["/bin/false"]})
    endless = submit(containerOverrides={"command": ["/bin/sleep", "600"]})
    system.wait_state(endless, ("RUNNING",))
    waiting = submit(containerOverrides={"resourceRequirements": [
        {"type": "VCPU", "value": "64"}]})
    do("GetJobQueueSnapshot", jobQueue="default")
    for job in (single, array, after, failing):
        system.wait_state(job)
    shown = do("DescribeJobs", jobs=[single, array, f"{array}:1", after, failing, endless, waiting])
    assert len(shown["jobs"]) == 7
    for status in ("RUNNING", "RUNNABLE", "SUCCEEDED", "FAILED"):
        assert do("ListJobs", jobQueue="default", jobStatus=status)["jobSummaryList"], status
    assert len(do("ListJobs", arrayJobId=array, jobStatus="SUCCEEDED")["jobSummaryList"]) == 3
    do("ListJobs", jobQueue="default", filters=[{"name": "JOB_NAME", "values": ["j*"]}])
    do("CancelJob", jobId=waiting, reason="enough")
    do("CancelJobs", jobs=[waiting], reason="enough")
    do("TerminateJob", jobId=endless, reason="enough")
    do("TerminateJobs", jobs=[endless], reason="enough")
    do("TerminateServiceJobs", jobs=["x"], reason="enough")
    do("ListServiceJobs", jobQueue="c-sq")

    for operation in ("DescribeComputeEnvironments", "DescribeJobQueues",
                      "DescribeServiceEnvironments", "ListSchedulingPolicies"):
        do(operation, maxResults=100)
    do("DescribeSchedulingPolicies", arns=[fair])
    do("DeregisterJobDefinition", jobDefinition=registered["jobDefinitionArn"])
    do("DeleteQuotaShare", quotaShareArn=share)
    do("UpdateJobQueue", jobQueue="c-sq", state="DISABLED")
    for queue in ("c-q", "c-sq"):
        do("DeleteJobQueue", jobQueue=queue)
    do("UpdateServiceEnvironment", serviceEnvironment="c-se", state="DISABLED")
    do("DeleteServiceEnvironment", serviceEnvironment="c-se")
    do("DeleteSchedulingPolicy", arn=fair)
    do("UpdateComputeEnvironment", computeEnvironment="c-ce", state="DISABLED")
    do("DeleteComputeEnvironment", computeEnvironment="c-ce")
    listed = do("ListJobsByConsumableResource", consumableResource="c-r", filters=[
        {"name": "JOB_STATUS", "values": ["SUCCEEDED"]}])["jobs"]
    assert [(one["jobArn"].split("/")[1], one["quantity"]) for one in listed] == [
        (after, 2), (array, 2), (single, 2)]
    do("DeleteConsumableResource", consumableResource="c-r")
    for operation in ("SubmitServiceJob", "DescribeServiceJob", "UpdateServiceJob",
                      "TerminateServiceJob"):
        assert world.ask(operation, minimal(shape_of(operation), {}))[0] == 400
        asked.add(operation)
    for operation in ("ListTagsForResource", "UntagResource"):
        do(operation)
    do("TagResource", tags=tags)
    assert asked == set(OPERATIONS)
