"""CloudWatch Logs through its own clients: groups and streams that clients make beside those of jobs,
`aws logs tail --follow`, awslogs options, STS, and what other services of AWS get told."""
import re
import subprocess
import time

import boto3
import botocore.exceptions
import pytest
from clients import DEBIAN_AWS
from cluster import VENV_BIN, wait_for
from workflow import Guide, register

DAY = 86_400_000


def now():
    return time.time_ns() // 1_000_000


@pytest.fixture(scope="module")
def logs(batch_pool):
    return batch_pool.client("logs")


def messages(logs, group, stream, **more):
    answer = logs.get_log_events(logGroupName=group, logStreamName=stream, startFromHead=True, **more)
    return [event["message"] for event in answer["events"]]


def test_groups_and_streams_live_over_a_restart(batch_pool, logs):
    logs.create_log_group(logGroupName="/mine", tags={"a": "b"})
    logs.create_log_stream(logGroupName="/mine", logStreamName="one")
    at = now()
    answer = logs.put_log_events(logGroupName="/mine", logStreamName="one", logEvents=[
        {"timestamp": at, "message": "first"}, {"timestamp": at, "message": "second\nline"}])
    assert "rejectedLogEventsInfo" not in answer
    batch_pool.kill_scheduler()
    batch_pool.start_scheduler()
    assert messages(logs, "/mine", "one") == ["first", "second\nline"]
    (group,) = logs.describe_log_groups(logGroupNamePrefix="/mi")["logGroups"]
    assert group["arn"].endswith(":log-group:/mine:*") and group["storedBytes"] > 0
    assert logs.list_tags_for_resource(resourceArn=group["logGroupArn"])["tags"] == {"a": "b"}
    logs.tag_resource(resourceArn=group["logGroupArn"], tags={"c": "d"})
    logs.untag_log_group(logGroupName="/mine", tags=["a"])
    assert logs.list_tags_log_group(logGroupName="/mine")["tags"] == {"c": "d"}
    (stream,) = logs.describe_log_streams(logGroupName="/mine", logStreamNamePrefix="o")["logStreams"]
    assert stream["lastEventTimestamp"] == at and stream["arn"].endswith("/mine:log-stream:one")


def test_events_are_read_both_ways_to_the_token_that_was_sent(logs):
    logs.create_log_group(logGroupName="/pages")
    logs.create_log_stream(logGroupName="/pages", logStreamName="s")
    at = now()
    wanted = [f"m{number}" for number in range(7)]
    logs.put_log_events(logGroupName="/pages", logStreamName="s", logEvents=[
        {"timestamp": at + number // 2, "message": word} for number, word in enumerate(wanted)])
    for from_head, token_name in ((True, "nextForwardToken"), (False, "nextBackwardToken")):
        seen, more = [], {"startFromHead": from_head}
        while True:
            answer = logs.get_log_events(logGroupName="/pages", logStreamName="s", limit=3, **more)
            page = [event["message"] for event in answer["events"]]
            seen = seen + page if from_head else page + seen
            if answer[token_name] == more.get("nextToken"):
                break
            more = {"nextToken": answer[token_name]}
        assert seen == wanted
    assert messages(logs, "/pages", "s", startTime=at + 1, endTime=at + 2) == ["m2", "m3"]
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName="/pages", filterPattern="?m1 ?m5", PaginationConfig={"PageSize": 1})
    assert [event["message"] for page in pages for event in page["events"]] == ["m1", "m5"]


def test_refusals_are_those_of_aws(logs):
    logs.create_log_group(logGroupName="/refusals")
    with pytest.raises(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_group(logGroupName="/refusals")
    for call in (
            lambda: logs.create_log_stream(logGroupName="/none", logStreamName="s"),
            lambda: logs.put_log_events(logGroupName="/refusals", logStreamName="none",
                                        logEvents=[{"timestamp": now(), "message": "m"}]),
            lambda: logs.describe_log_streams(logGroupName="/none"),
            lambda: logs.filter_log_events(logGroupName="/none"),
            lambda: logs.delete_log_group(logGroupName="/none"),
            lambda: logs.delete_log_stream(logGroupName="/refusals", logStreamName="none"),
            lambda: logs.get_log_events(logGroupName="/refusals", logStreamName="none"),
            lambda: logs.put_retention_policy(logGroupName="/none", retentionInDays=1)):
        with pytest.raises(logs.exceptions.ResourceNotFoundException):
            call()
    for call in (
            lambda: logs.create_log_group(logGroupName="a b"),
            lambda: logs.create_log_stream(logGroupName="/refusals", logStreamName="a:b"),
            lambda: logs.put_retention_policy(logGroupName="/refusals", retentionInDays=2),
            lambda: logs.describe_log_streams(logGroupName="/refusals", orderBy="LastEventTime",
                                              logStreamNamePrefix="a"),
            lambda: logs.get_log_events(logGroupName="/refusals", logStreamName="s",
                                        nextToken="none of ours"),
            lambda: logs.filter_log_events(logGroupName="/refusals", filterPattern="{ $.a = 1 }")):
        with pytest.raises(logs.exceptions.InvalidParameterException):
            call()


def test_retention_drops_what_is_old(logs):
    logs.create_log_group(logGroupName="/short")
    logs.create_log_stream(logGroupName="/short", logStreamName="s")
    for days, word in ((3, "old"), (0, "new")):
        logs.put_log_events(logGroupName="/short", logStreamName="s", logEvents=[
            {"timestamp": now() - days * DAY, "message": word}])
    logs.put_retention_policy(logGroupName="/short", retentionInDays=1)
    assert messages(logs, "/short", "s") == ["new"]
    (group,) = logs.describe_log_groups(logGroupNamePrefix="/short")["logGroups"]
    assert group["retentionInDays"] == 1 and group["storedBytes"] == len("new") + 26
    late = logs.put_log_events(logGroupName="/short", logStreamName="s", logEvents=[
        {"timestamp": now() - 2 * DAY, "message": "late"}])
    assert late["rejectedLogEventsInfo"]["expiredLogEventEndIndex"] == 1
    logs.delete_retention_policy(logGroupName="/short")
    assert messages(logs, "/short", "s") == ["new"], "dropped is dropped"


def test_a_job_logs_where_its_definition_says(batch_pool, logs):
    register(batch_pool, "elsewhere", ["/bin/echo", "somewhere else"])
    batch_pool.client().register_job_definition(
        jobDefinitionName="elsewhere", type="container", containerProperties={
            "image": "native", "vcpus": 1, "memory": 64, "command": ["/bin/echo", "somewhere else"],
            "logConfiguration": {"logDriver": "awslogs", "options": {
                "awslogs-group": "/my/jobs", "awslogs-stream-prefix": "pre"}}})
    job = batch_pool.submit(None, queue="test-queue", definition="elsewhere")
    stream = batch_pool.wait_state(job)["container"]["logStreamName"]
    assert re.fullmatch(r"pre/default/[0-9a-f]{32}", stream)
    wait_for("the log is here", lambda: messages(logs, "/my/jobs", stream) == ["somewhere else"])
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        messages(logs, "/aws/batch/job", stream)
    (found,) = logs.describe_log_streams(logGroupName="/my/jobs")["logStreams"]
    assert found["logStreamName"] == stream
    # Whoever deletes the group does not see it again in one of the same name.
    logs.delete_log_group(logGroupName="/my/jobs")
    logs.create_log_group(logGroupName="/my/jobs")
    assert not logs.describe_log_streams(logGroupName="/my/jobs")["logStreams"]


def test_tail_follows_a_running_job(batch_pool):
    gate = batch_pool.folder / "go"
    job = batch_pool.submit(["/bin/sh", "-c", f"echo first line; until [ -e {gate} ]; do sleep 0.1; done; "
                                              "echo second line"], name="tailed", queue="test-queue")
    stream = batch_pool.wait_state(job, ("RUNNING",))["container"]["logStreamName"]
    said = batch_pool.folder / "tail.txt"
    with said.open("w") as output:
        tail = subprocess.Popen(
            [DEBIAN_AWS, "--endpoint-url", batch_pool.url, "logs", "tail", "/aws/batch/job", "--follow",
             "--log-stream-names", stream, "--since", "1h", "--format", "short"],
            env=batch_pool.tool_environment(PYTHONUNBUFFERED="1"), stdout=output,
            stderr=subprocess.STDOUT)
    try:
        wait_for("the first line", lambda: "first line" in said.read_text())
        assert tail.poll() is None and "second line" not in said.read_text()
        gate.touch()
        wait_for("the second line", lambda: "second line" in said.read_text())
        assert said.read_text().count("first line") == 1
    finally:
        tail.kill()
        tail.wait(30)


@pytest.mark.parametrize("path, blocks, times", [
    (f"{VENV_BIN}:/usr/bin:/bin", ("run",), 1), ("/usr/bin:/bin", ("debian", "run", "tail"), 2)])
def test_the_page_of_the_aws_clis_is_right(batch_pool, path, blocks, times):
    guide = Guide("aws")
    lines = "".join(guide.blocks[block] for block in blocks)
    done = subprocess.run(["/bin/bash", "-e", "-o", "pipefail", "-c", lines], timeout=120,
                          env=batch_pool.tool_environment(PATH=path), capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, done.stderr
    assert "SUCCEEDED" in done.stdout and done.stdout.count("hello Dray") == times, done.stdout


def test_the_page_of_boto3_is_right(batch_pool):
    done = subprocess.run([VENV_BIN / "python", "-c", Guide("aws").blocks["example.py"]], timeout=60,
                          env=batch_pool.tool_environment(), capture_output=True, text=True,
                          check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() in ("SUBMITTED", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED")


def test_sts_says_who_the_caller_is(batch_pool):
    sts = boto3.client("sts", endpoint_url=batch_pool.url, region_name="us-east-1",
                       **credentials(batch_pool))
    who = sts.get_caller_identity()
    assert re.fullmatch(r"\d{12}", who["Account"])
    assert re.fullmatch(rf"arn:aws:(iam|sts)::{who['Account']}:[\w/+=,.@-]+", who["Arn"])
    assert who["UserId"]
    assert who["ResponseMetadata"]["RequestId"]


def credentials(cluster):
    settings = cluster.tool_environment()
    return {"aws_access_key_id": settings["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": settings["AWS_SECRET_ACCESS_KEY"]}


@pytest.mark.parametrize("service, operation, given", [
    ("sts", "get_session_token", {}), ("s3", "list_buckets", {}), ("ec2", "describe_instances", {}),
    ("ecs", "list_clusters", {}), ("iam", "list_roles", {}), ("dynamodb", "list_tables", {}),
    ("sqs", "list_queues", {}), ("lambda", "list_functions", {})])
def test_other_services_are_refused_at_once(batch_pool, service, operation, given):
    client = boto3.client(service, endpoint_url=batch_pool.url, region_name="us-east-1",
                          **credentials(batch_pool))
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        getattr(client, operation)(**given)
    answer = refused.value.response
    assert 400 <= answer["ResponseMetadata"]["HTTPStatusCode"] < 500
    assert answer["ResponseMetadata"].get("RetryAttempts") == 0
    assert answer["Error"]["Code"] not in ("", "Unknown"), answer
