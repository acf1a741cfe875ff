"""AWS's own clients, unmodified, each through the whole life of a set-up: environment, queue,
definition, job, array, dependency, logs, terminate, tags, delete."""
import re

import pytest
from clients import CLIENTS, Refusal
from cluster import wait_for

RESOURCES = {"type": "EC2", "minvCpus": 0, "maxvCpus": 4, "desiredvCpus": 0,
             "instanceTypes": ["optimal"], "subnets": ["subnet-1"], "securityGroupIds": ["sg-1"],
             "instanceRole": "arn:aws:iam::123456789012:instance-profile/x"}
SMALL = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}]


@pytest.fixture(scope="module")
def pool(bare_system):
    """Agents of the environment `pool`, which no client has created yet."""
    bare_system.start_agent("agent-1", "--vcpus", 4, "--memory", 2048, "--containers", "none",
                            "--environment", "pool")
    return bare_system


@pytest.fixture(params=CLIENTS)
def client(request, pool):
    client = CLIENTS[request.param](pool)
    client.name = re.sub(r"\W+", "-", request.param.lower())
    yield client
    client.close()


def ended(client, job):
    def found():
        (shown,) = client("batch", "DescribeJobs", jobs=[job])["jobs"]
        return shown if shown["status"] in ("SUCCEEDED", "FAILED") else None
    return wait_for(f"job {job} has ended", found)


def lines_of(client, stream):
    """Every line of a stream, page after page to the same token."""
    lines, more = [], {"startFromHead": True}
    while True:
        answer = client("logs", "GetLogEvents", logGroupName="/aws/batch/job", logStreamName=stream,
                        limit=2, **more)
        lines += [event["message"] for event in answer["events"]]
        if answer["nextForwardToken"] == more.get("nextToken"):
            return lines
        more = {"nextToken": answer["nextForwardToken"]}


class Life:
    """What one client makes, and unmakes again."""

    def __init__(self, client):
        self.client = client
        self.environment, self.queue = "pool", f"q-{client.name}"
        self.definition = f"d-{client.name}"

    def batch(self, operation, **given):
        return self.client("batch", operation, **given)

    def create_environment(self):
        self.batch("CreateComputeEnvironment", computeEnvironmentName=self.environment,
                   type="MANAGED", state="ENABLED", serviceRole="arn:aws:iam::123456789012:role/b",
                   computeResources=RESOURCES, tags={"made": "by é"})

        def valid():
            (shown,) = self.batch("DescribeComputeEnvironments",
                                  computeEnvironments=[self.environment])["computeEnvironments"]
            return shown if shown["status"] == "VALID" else None
        shown = wait_for("the environment is VALID", valid)
        assert shown["computeResources"]["type"] == "EC2" and shown["tags"] == {"made": "by é"}

    def create_queue(self):
        made = self.batch("CreateJobQueue", jobQueueName=self.queue, state="ENABLED", priority=1,
                          tags={"a b&c": "é"}, computeEnvironmentOrder=[
                              {"order": 1, "computeEnvironment": self.environment}])
        (shown,) = self.batch("DescribeJobQueues", jobQueues=[made["jobQueueArn"]])["jobQueues"]
        assert (shown["state"], shown["status"]) == ("ENABLED", "VALID")
        tags = self.batch("ListTagsForResource", resourceArn=made["jobQueueArn"])["tags"]
        assert tags == {"a b&c": "é"}

    def register(self):
        made = self.batch(
            "RegisterJobDefinition", jobDefinitionName=self.definition, type="container",
            parameters={"message": "world"}, retryStrategy={"attempts": 1},
            containerProperties={"image": "native", "resourceRequirements": SMALL,
                                 "command": ["/bin/sh", "-c", "echo hello $0 $MORE; echo done",
                                             "Ref::message"]})
        assert made["revision"] >= 1
        self.registered = f"{self.definition}:{made['revision']}"

    def submit(self, **more):
        answer = self.batch("SubmitJob", **{"jobName": "job", "jobQueue": self.queue,
                                            "jobDefinition": self.definition, **more})
        assert answer["jobArn"].endswith(f":job/{answer['jobId']}")
        return answer["jobId"]

    def stop_environment(self):
        """As Terraform does: disable, wait until that is so, delete, wait until it is gone."""
        for kind, name, key, list_name in (
                ("JobQueue", self.queue, "jobQueue", "jobQueues"),
                ("ComputeEnvironment", self.environment, "computeEnvironment",
                 "computeEnvironments")):
            self.batch(f"Update{kind}", **{key: name, "state": "DISABLED"})

            def described(kind=kind, name=name, list_name=list_name):
                return self.batch(f"Describe{kind}s", **{list_name: [name]})[list_name]
            wait_for(f"{name} is DISABLED and VALID", lambda described=described: [
                one for one in described() if (one["state"], one["status"]) == (
                    "DISABLED", "VALID")])
            self.batch(f"Delete{kind}", **{key: name})
            wait_for(f"{name} is gone", lambda described=described: all(
                one["status"] == "DELETED" for one in described()))


@pytest.fixture
def life(client):
    life = Life(client)
    life.create_environment()
    life.create_queue()
    life.register()
    yield life
    life.batch("DeregisterJobDefinition", jobDefinition=life.registered)
    life.stop_environment()
    with pytest.raises(Refusal, match="does not exist"):
        life.batch("UpdateJobQueue", jobQueue=life.queue, state="DISABLED")


def test_a_whole_life(life):
    client = life.client

    job = life.submit(containerOverrides={"environment": [{"name": "MORE", "value": "é <&>"}]},
                      tags={"who": "me"}, propagateTags=True,
                      timeout={"attemptDurationSeconds": 60})
    done = ended(client, job)
    assert (done["status"], done["container"]["exitCode"]) == ("SUCCEEDED", 0), done
    stream = done["container"]["logStreamName"]
    wait_for("the log is here", lambda: lines_of(client, stream)[-1:] == ["done"])
    assert lines_of(client, stream) == ["hello world é <&>", "done"]
    found = client("logs", "FilterLogEvents", logGroupName="/aws/batch/job",
                   logStreamNames=[stream], filterPattern="hello -nobody")
    assert [event["message"] for event in found["events"]] == ["hello world é <&>"]

    array = life.submit(jobName="array", arrayProperties={"size": 3})
    after = life.submit(jobName="after", dependsOn=[{"jobId": array}], parameters={"message": "end"})
    last, parent = ended(client, after), ended(client, array)
    assert last["status"] == "SUCCEEDED" and parent["stoppedAt"] <= last["startedAt"]
    assert parent["arrayProperties"]["statusSummary"]["SUCCEEDED"] == 3
    (child,) = client("batch", "DescribeJobs", jobs=[f"{array}:2"])["jobs"]
    assert child["arrayProperties"]["index"] == 2
    listed = client("batch", "ListJobs", arrayJobId=array, jobStatus="SUCCEEDED")
    assert sorted(one["jobId"] for one in listed["jobSummaryList"]) == [
        f"{array}:{index}" for index in range(3)]

    endless = life.submit(jobName="endless", containerOverrides={"command": ["/bin/sleep", "600"]})
    wait_for("it runs", lambda: client("batch", "DescribeJobs", jobs=[endless])["jobs"][0][
        "status"] == "RUNNING")
    client("batch", "TerminateJob", jobId=endless, reason="enough")
    stopped = ended(client, endless)
    assert (stopped["status"], stopped["statusReason"]) == ("FAILED", "enough")
    client("batch", "TerminateJob", jobId=endless, reason="again")

    with pytest.raises(Refusal) as refused:
        life.submit(jobQueue="nowhere")
    assert refused.value.code == "ClientException" and refused.value.message
    with pytest.raises(Refusal) as refused:
        client("logs", "GetLogEvents", logGroupName="/aws/batch/job", logStreamName="none/x/y")
    assert refused.value.code == "ResourceNotFoundException"
