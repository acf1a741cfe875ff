"""AWS Batch and CloudWatch Logs as their own clients see them (boto3, AWS CLI). Names are fresh in every
run, so that any server can be asked, again and again."""
import http.client
import json
import re
import time
import uuid
from urllib.parse import urlparse

import pytest

from cluster import ACCESS
from signing import signed

JOB_ID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def fresh(name):
    return f"{name}-{uuid.uuid4().hex[:12]}"


def submit(door, **more):
    return door.batch.submit_job(**{"jobName": "conformance", "jobQueue": "conformance",
                                    "jobDefinition": "hello", **more})["jobId"]


def describe(door, job):
    jobs = door.batch.describe_jobs(jobs=[job])["jobs"]
    assert [found["jobId"] for found in jobs] == [job]
    return jobs[0]


def ended(door, job, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = describe(door, job)
        if found["status"] in ("SUCCEEDED", "FAILED"):
            return found
        time.sleep(0.05)
    raise AssertionError(f"not ended within {seconds} s: {found}")


def events_when_there(door, stream, last, seconds=60, **more):
    """The messages of a stream, once the line `last` has come."""
    deadline = time.monotonic() + seconds
    while True:
        answer = door.logs.get_log_events(logGroupName="/aws/batch/job", logStreamName=stream,
                                          startFromHead=True, **more)
        messages = [event["message"] for event in answer["events"]]
        if last in messages or time.monotonic() > deadline:
            return messages, answer
        time.sleep(0.05)


def ask(door, method, path, body=b"", headers=None):
    """A request no SDK would send."""
    place = urlparse(door.url)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=30)
    headers = headers or {}
    service = "logs" if "X-Amz-Target" in headers else "batch"
    content_type = headers.get("Content-Type", "application/json") if body is not None else ""
    targets = {"X_Amz_Target": headers["X-Amz-Target"]} if service == "logs" else {}
    connection.request(method, path, body=body, headers={**headers, **signed(
        ACCESS, method, place.netloc, path, body or b"", content_type, service, **targets)})
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    return answer.status, dict(answer.getheaders()), text


# ---- compute environments and queues


def test_a_managed_environment_lives_as_terraform_has_it(door):
    name = fresh("ce")
    resources = {"type": "EC2", "minvCpus": 0, "maxvCpus": 4, "subnets": ["subnet-1"],
                 "securityGroupIds": ["sg-1"], "instanceRole": "r", "instanceTypes": ["optimal"]}
    made = door.batch.create_compute_environment(
        computeEnvironmentName=name, type="MANAGED", serviceRole="arn:aws:iam::1:role/b",
        computeResources=resources, tags={"a": "b", "empty": ""})
    arn = made["computeEnvironmentArn"]
    assert re.fullmatch(rf"arn:aws:batch:us-east-1:\d{{12}}:compute-environment/{name}", arn)
    for key in (name, arn):
        (shown,) = door.batch.describe_compute_environments(
            computeEnvironments=[key])["computeEnvironments"]
        assert shown["computeResources"].items() >= resources.items()
        assert (shown["state"], shown["status"]) == ("ENABLED", "VALID")
        assert shown["tags"] == {"a": "b", "empty": ""}
        assert shown["statusReason"] and shown["ecsClusterArn"]
    door.batch.update_compute_environment(computeEnvironment=arn, state="DISABLED",
                                          computeResources={"maxvCpus": 8})
    (shown,) = door.batch.describe_compute_environments(
        computeEnvironments=[name])["computeEnvironments"]
    assert shown["state"] == "DISABLED"
    assert shown["computeResources"]["maxvCpus"] == 8
    assert shown["computeResources"]["subnets"] == ["subnet-1"]
    door.batch.delete_compute_environment(computeEnvironment=arn)
    assert not door.batch.describe_compute_environments(
        computeEnvironments=[arn])["computeEnvironments"]


def test_a_queue_lives_by_name_and_by_arn(door):
    name = fresh("q")
    arn = door.batch.create_job_queue(
        jobQueueName=name, priority=3, state="ENABLED",
        computeEnvironmentOrder=[{"order": 7, "computeEnvironment": "default"}])["jobQueueArn"]
    (shown,) = door.batch.describe_job_queues(jobQueues=[arn])["jobQueues"]
    assert shown["priority"] == 3 and shown["computeEnvironmentOrder"][0]["order"] == 7
    assert shown["computeEnvironmentOrder"][0]["computeEnvironment"].endswith("/default")
    door.batch.update_job_queue(jobQueue=name, priority=5)
    door.batch.update_job_queue(jobQueue=arn, state="DISABLED")
    (shown,) = door.batch.describe_job_queues(jobQueues=[name])["jobQueues"]
    assert (shown["priority"], shown["state"]) == (5, "DISABLED")
    door.batch.delete_job_queue(jobQueue=name)
    assert not door.batch.describe_job_queues(jobQueues=[name])["jobQueues"]


def test_what_exists_cannot_be_created_and_what_does_not_cannot_be_updated(door):
    with pytest.raises(door.batch.exceptions.ClientException, match="already exists"):
        door.batch.create_job_queue(
            jobQueueName="conformance", priority=1,
            computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "default"}])
    with pytest.raises(door.batch.exceptions.ClientException, match="does not exist"):
        door.batch.update_job_queue(jobQueue=fresh("none"), state="DISABLED")
    with pytest.raises(door.batch.exceptions.ClientException, match="does not exist"):
        door.batch.update_compute_environment(computeEnvironment=fresh("none"), state="DISABLED")


def test_pages_of_queues_end_without_a_token(door):
    pages = list(door.batch.get_paginator("describe_job_queues").paginate(
        PaginationConfig={"PageSize": 1}))
    assert "conformance" in [q["jobQueueName"] for page in pages for q in page["jobQueues"]]
    assert "nextToken" not in pages[-1]
    assert door.batch.describe_job_queues(nextToken="")["jobQueues"]


# ---- job definitions


def test_a_definition_is_echoed_as_it_was_registered(door):
    name = fresh("jd")
    properties = {
        "image": "busybox", "vcpus": 1, "memory": 128, "command": ["sh", "-c", "echo é <&>"],
        "environment": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}],
        "volumes": [{"name": "v", "host": {"sourcePath": "/tmp"}}],
        "mountPoints": [{"sourceVolume": "v", "containerPath": "/tmp"}],
        "privileged": False, "linuxParameters": {}, "user": "nobody",
        "ulimits": [{"name": "nofile", "softLimit": 10, "hardLimit": 20}]}
    made = door.batch.register_job_definition(
        jobDefinitionName=name, type="container", containerProperties=properties, tags={},
        parameters={"k": "v"}, timeout={"attemptDurationSeconds": 60},
        retryStrategy={"attempts": 2, "evaluateOnExit": [
            {"onStatusReason": "Host EC2*", "action": "RETRY"}, {"onReason": "*", "action": "exit"}]})
    assert made["revision"] == 1 and made["jobDefinitionArn"].endswith(f"job-definition/{name}:1")
    (shown,) = door.batch.describe_job_definitions(jobDefinitionName=name,
                                                   status="ACTIVE")["jobDefinitions"]
    assert shown["containerProperties"].items() >= properties.items()
    assert shown["containerProperties"]["secrets"] == []
    assert shown["parameters"] == {"k": "v"} and shown["retryStrategy"]["attempts"] == 2
    again = door.batch.register_job_definition(jobDefinitionName=name, type="container",
                                               containerProperties=properties)
    assert again["revision"] == 2
    door.batch.deregister_job_definition(jobDefinition=f"{name}:1")
    found = door.batch.describe_job_definitions(jobDefinitionName=name)["jobDefinitions"]
    assert {d["revision"]: d["status"] for d in found} == {1: "INACTIVE", 2: "ACTIVE"}
    exact = door.batch.describe_job_definitions(jobDefinitions=[again["jobDefinitionArn"]])
    assert [d["revision"] for d in exact["jobDefinitions"]] == [2]


# ---- jobs


def test_a_job_is_submitted_described_listed_and_read(door):
    answer = door.batch.submit_job(
        jobName="j", jobQueue="conformance", jobDefinition="hello",
        containerOverrides={"command": ["/bin/echo", "é <&>"],
                            "environment": [{"name": "X", "value": "y"}]}, tags={"t": "1"})
    job = answer["jobId"]
    assert re.fullmatch(JOB_ID, job)
    assert answer["jobArn"].endswith(f":job/{job}")
    done = ended(door, job)
    assert done["status"] == "SUCCEEDED"
    assert done["statusReason"] == "Essential container in task exited"
    assert done["container"]["exitCode"] == 0
    assert {"name": "X", "value": "y"} in done["container"]["environment"]
    assert done["createdAt"] <= done["startedAt"] <= done["stoppedAt"]
    assert done["jobQueue"].endswith(":job-queue/conformance")
    assert re.search(r":job-definition/hello:\d+$", done["jobDefinition"])
    assert len(done["attempts"]) == 1 and "arrayProperties" not in done
    assert describe(door, job)["tags"] == {"t": "1"}
    by_arn = door.batch.describe_jobs(jobs=[answer["jobArn"]])["jobs"]
    assert by_arn[0]["jobId"] == job
    stream = done["container"]["logStreamName"]
    assert stream == "hello/default/" + done["container"]["taskArn"].rsplit("/", 1)[1]
    messages, _ = events_when_there(door, stream, "é <&>")
    assert messages[-1] == "é <&>"


def test_a_failing_job_says_so(door):
    job = submit(door, containerOverrides={"command": ["/bin/false"]})
    done = ended(door, job)
    assert (done["status"], done["container"]["exitCode"]) == ("FAILED", 1)
    assert done["statusReason"] == "Essential container in task exited"
    listed = door.batch.list_jobs(jobQueue="conformance", jobStatus="FAILED")["jobSummaryList"]
    assert [s["container"]["exitCode"] for s in listed if s["jobId"] == job] == [1]


def test_an_array_has_a_parent_and_children(door):
    job = submit(door, arrayProperties={"size": 5})
    done = ended(door, job)
    assert done["arrayProperties"]["size"] == 5
    assert done["arrayProperties"]["statusSummary"]["SUCCEEDED"] == 5
    child = describe(door, f"{job}:3")
    assert child["arrayProperties"]["index"] == 3 and "size" not in child["arrayProperties"]
    pages = door.batch.get_paginator("list_jobs").paginate(
        arrayJobId=job, jobStatus="SUCCEEDED", PaginationConfig={"PageSize": 2})
    listed = [s["jobId"] for page in pages for s in page["jobSummaryList"]]
    assert sorted(listed) == [f"{job}:{i}" for i in range(5)]


def test_jobs_are_listed_by_filter(door):
    name = fresh("named")
    job = submit(door, jobName=name)
    ended(door, job)
    for filters in ([{"name": "JOB_NAME", "values": [name]}],
                    [{"name": "AFTER_CREATED_AT", "values": ["1"]}]):
        listed = door.batch.list_jobs(jobQueue="conformance", filters=filters)["jobSummaryList"]
        assert job in [s["jobId"] for s in listed]
    assert not door.batch.list_jobs(
        jobQueue="conformance", filters=[{"name": "JOB_NAME", "values": [fresh("none")]}]
    )["jobSummaryList"]


def test_ending_what_has_ended_or_never_was_succeeds(door):
    job = submit(door)
    ended(door, job)
    for one in (job, str(uuid.uuid4()), "nonsense"):
        door.batch.cancel_job(jobId=one, reason="r")
        door.batch.terminate_job(jobId=one, reason="r")
    assert describe(door, job)["status"] == "SUCCEEDED"


def test_unknown_jobs_are_left_out(door):
    assert door.batch.describe_jobs(jobs=[str(uuid.uuid4()), "", "x#1"])["jobs"] == []
    with pytest.raises(door.batch.exceptions.ClientException, match="is  100"):
        door.batch.describe_jobs(jobs=["x"] * 101)


def test_a_dependency_must_exist(door):
    with pytest.raises(door.batch.exceptions.ClientException):
        submit(door, jobQueue=fresh("none"))
    with pytest.raises(door.batch.exceptions.ClientException):
        submit(door, jobDefinition=fresh("none"))
    with pytest.raises(door.batch.exceptions.ClientException):
        submit(door, jobName="a b")


# ---- logs, tags and others


def test_log_events_are_read_page_after_page_to_the_same_token(door):
    job = submit(door, containerOverrides={"command": ["/bin/echo", "one\ntwo\nthree\nfour\nlast"]})
    stream = ended(door, job)["container"]["logStreamName"]
    everything, _ = events_when_there(door, stream, "last")
    found, token, more = [], None, {"startFromHead": True}
    for _ in range(20):
        answer = door.logs.get_log_events(logGroupName="/aws/batch/job", logStreamName=stream,
                                          limit=2, **more)
        found += [event["message"] for event in answer["events"]]
        if answer["nextForwardToken"] == token:
            break
        token = answer["nextForwardToken"]
        more = {"nextToken": token}
    assert found == everything
    tail = door.logs.get_log_events(logGroupName="/aws/batch/job", logStreamName=stream, limit=2)
    assert [event["message"] for event in tail["events"]] == everything[-2:]
    filtered = door.logs.filter_log_events(logGroupName="/aws/batch/job", logStreamNames=[stream],
                                           filterPattern="three")
    assert [event["message"] for event in filtered["events"]] == ["three"]
    streams = door.logs.describe_log_streams(logGroupName="/aws/batch/job",
                                             logStreamNamePrefix=stream)["logStreams"]
    assert [s["logStreamName"] for s in streams] == [stream]


def test_unknown_streams_and_groups_are_not_found(door):
    for group, stream in (("/aws/batch/job", "nothing"), ("/other", "nothing")):
        with pytest.raises(door.logs.exceptions.ResourceNotFoundException):
            door.logs.get_log_events(logGroupName=group, logStreamName=stream)
    groups = door.logs.describe_log_groups(logGroupNamePrefix="/aws/batch")["logGroups"]
    assert [g["logGroupName"] for g in groups] == ["/aws/batch/job"]


def test_tags_are_listed_by_arn(door):
    (queue,) = door.batch.describe_job_queues(jobQueues=["conformance"])["jobQueues"]
    assert door.batch.list_tags_for_resource(resourceArn=queue["jobQueueArn"])["tags"] == {
        "purpose": "test"}
    with pytest.raises(door.batch.exceptions.ClientException):
        door.batch.list_tags_for_resource(resourceArn=queue["jobQueueArn"] + "-not")


def test_the_aws_command_line_works(door):
    name = fresh("cli")
    out = door.aws("batch", "register-job-definition", "--job-definition-name", name, "--type",
                   "container", "--parameters", "msg=world", "--container-properties", json.dumps(
                       {"image": "native", "vcpus": 1, "memory": 32,
                        "command": ["/bin/echo", "Ref::msg"]}))
    assert json.loads(out)["revision"] == 1
    job = json.loads(door.aws("batch", "submit-job", "--job-name", name, "--job-queue",
                              "conformance", "--job-definition", name))["jobId"]
    done = ended(door, job)
    assert done["parameters"] == {"msg": "world"}
    shown = json.loads(door.aws("batch", "describe-jobs", "--jobs", job))
    assert shown["jobs"][0]["status"] == "SUCCEEDED"
    listed = json.loads(door.aws("batch", "list-jobs", "--job-queue", "conformance", "--filters",
                                 f"name=JOB_NAME,values={name}", "--page-size", "1"))
    assert [s["jobId"] for s in listed["jobSummaryList"]] == [job]
    stream = done["container"]["logStreamName"]
    events_when_there(door, stream, "world", seconds=5)
    text = door.aws("logs", "get-log-events", "--log-group-name", "/aws/batch/job",
                    "--log-stream-name", stream)
    assert json.loads(text)["events"]
    complaint = door.aws("batch", "delete-job-queue", "--job-queue", "conformance", fails=True)
    assert "(ClientException)" in complaint
    assert json.loads(door.aws("sts", "get-caller-identity"))["Account"].isdigit()


# ---- what no client of AWS sends


@pytest.mark.parametrize("body", [
    b"", b"{", b"[]", b"nonsense", b"[" * 1_000_000, b'{"jobName":"a","jobName":"b"}',
    b'{"jobName":"\xff\xfe"}', b'{"arrayProperties":{"size":18446744073709551616}}',
    b'{"jobName":' + b"9" * 100_000 + b"}", b'{"jobName":1,"jobQueue":[],"jobDefinition":{}}'])
def test_a_hostile_body_is_a_client_exception(door, body):
    status, headers, text = ask(door, "POST", "/v1/submitjob", body)
    assert status == 400
    assert headers["x-amzn-errortype"] == "ClientException"
    assert json.loads(text)["__type"] == "ClientException" and json.loads(text)["message"]
    assert re.fullmatch(JOB_ID, headers["x-amzn-RequestId"])


def test_a_body_beyond_the_limit_is_refused(door):
    status, _, text = ask(door, "POST", "/v1/submitjob", b" " * (1024 * 1024 + 1))
    assert status == 413 and json.loads(text)["message"]


def test_unknown_paths_and_methods_are_told(door):
    status, headers, _ = ask(door, "POST", "/v1/nonsense", b"{}")
    assert (status, headers["x-amzn-errortype"]) == (404, "UnknownOperationException")
    assert ask(door, "GET", "/v1/submitjob")[0] == 404
    assert 400 <= ask(door, "BREW", "/v1/submitjob")[0] < 500
    assert ask(door, "GET", "/livez")[0] == 200
