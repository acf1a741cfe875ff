"""The main job, through boto3 and through the AWS CLI: from an empty scheduler to finished outputs."""
import json
import re


def test_an_array_runs_from_submit_to_succeeded(system):
    batch = system.client()
    definition = system.register("words", ["/bin/sh", "-c", "echo child $AWS_BATCH_JOB_ARRAY_INDEX"])
    answer = batch.submit_job(jobName="words", jobQueue="default", jobDefinition=definition,
                              arrayProperties={"size": 12})
    job = answer["jobId"]
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", job)
    assert answer["jobArn"] == f"arn:aws:batch:us-east-1:000000000000:job/{job}"
    done = system.wait_state(job)
    assert done["status"] == "SUCCEEDED"
    assert done["arrayProperties"]["size"] == 12
    assert done["arrayProperties"]["statusSummary"]["SUCCEEDED"] == 12
    for child in (0, 7, 11):
        assert system.log_of(f"{job}:{child}") == [f"child {child}"]


def test_a_child_is_told_who_it_is(system):
    job = system.submit(["/usr/bin/env"], name="environment", size=2)
    system.wait_state(job)
    said = dict(line.split("=", 1) for line in system.log_of(f"{job}:1") if "=" in line)
    assert said["AWS_BATCH_JOB_ID"] == f"{job}:1"
    assert said["AWS_BATCH_JOB_ARRAY_INDEX"] == "1"
    assert said["AWS_BATCH_JOB_ARRAY_SIZE"] == "2"
    assert said["AWS_BATCH_JOB_ATTEMPT"] == "1"
    assert said["AWS_BATCH_JQ_NAME"] == "default"
    assert said["AWS_BATCH_CE_NAME"] == "default"
    assert "AWS_EXECUTION_ENV" in said


def test_listing_an_array_finds_its_children(system):
    job = system.submit(["/bin/true"], name="listed", size=5)
    system.wait_state(job)
    pages = system.client().get_paginator("list_jobs").paginate(
        arrayJobId=job, jobStatus="SUCCEEDED", PaginationConfig={"PageSize": 2})
    found = [job["arrayProperties"]["index"] for page in pages for job in page["jobSummaryList"]]
    assert sorted(found) == [0, 1, 2, 3, 4]


def test_parameters_and_overrides_reach_the_command(system):
    definition = system.register("greet", ["/bin/echo", "Ref::greeting", "Ref::name"],
                                 parameters={"greeting": "hello", "name": "nobody"})
    batch = system.client()
    job = batch.submit_job(jobName="greet", jobQueue="default", jobDefinition=definition,
                           parameters={"name": "world"})["jobId"]
    system.wait_state(job)
    assert system.log_of(job) == ["hello world"]
    job = batch.submit_job(jobName="greet", jobQueue="default", jobDefinition="greet",
                           containerOverrides={
                               "command": ["/bin/sh", "-c", "echo $COLOUR"],
                               "environment": [{"name": "COLOUR", "value": "red; rm -rf"}]})["jobId"]
    system.wait_state(job)
    assert system.log_of(job) == ["red; rm -rf"]


def test_a_command_is_words_and_no_shell_line(system):
    words = ["/usr/bin/printf", "%s\n", "a b", "$HOME", "'", "*", "ü"]
    job = system.submit(words, name="argv")
    system.wait_state(job)
    assert system.log_of(job) == ["a b", "$HOME", "'", "*", "ü"]


def test_a_job_waits_for_the_array_it_depends_on(system):
    first = system.submit(["/bin/sleep", "0.3"], name="first", size=4)
    after = system.submit(["/bin/true"], name="after", dependsOn=[{"jobId": first}])
    done = system.wait_state(after)
    assert done["status"] == "SUCCEEDED"
    children = [system.describe(f"{first}:{child}") for child in range(4)]
    assert done["startedAt"] >= max(child["stoppedAt"] for child in children)
    assert done["dependsOn"] == [{"jobId": first}]


def test_a_long_log_is_read_whole(system):
    job = system.submit(["/bin/sh", "-c", "seq 1 30000; echo last >&2"], name="long")
    system.wait_state(job)
    lines = system.log_of(job)
    assert lines[:-1] == [str(number) for number in range(1, 30001)]
    assert lines[-1] == "last"


def test_what_does_not_exist_is_refused_in_aws_words(system):
    batch = system.client()
    for call, words in (
            (lambda: batch.submit_job(jobName="x", jobQueue="none", jobDefinition="greet"), "none"),
            (lambda: batch.submit_job(jobName="x", jobQueue="default", jobDefinition="none"), "none"),
            (lambda: batch.submit_job(jobName="a b", jobQueue="default", jobDefinition="greet"), "")):
        try:
            call()
        except batch.exceptions.ClientException as refused:
            assert words in str(refused)
        else:
            raise AssertionError("it was accepted")
    assert batch.describe_jobs(jobs=["4c7599ae-0a82-49aa-ba5a-4727fcce14a8"])["jobs"] == []


def test_the_aws_cli_does_it_too(system):
    system.aws("batch", "register-job-definition", "--job-definition-name", "cli",
               "--type", "container", "--container-properties", json.dumps({
                   "image": "native", "command": ["/bin/sh", "-c", "echo from the cli"],
                   "resourceRequirements": [{"type": "VCPU", "value": "1"},
                                            {"type": "MEMORY", "value": "64"}]}))
    job = json.loads(system.aws("batch", "submit-job", "--job-name", "cli", "--job-queue", "default",
                                "--job-definition", "cli", "--array-properties", "size=3"))["jobId"]
    system.wait_state(job)
    listed = json.loads(system.aws("batch", "list-jobs", "--job-queue", "default",
                                   "--job-status", "SUCCEEDED"))
    assert job in [summary["jobId"] for summary in listed["jobSummaryList"]]
    child = json.loads(system.aws("batch", "describe-jobs", "--jobs", f"{job}:2"))["jobs"][0]
    assert child["container"]["exitCode"] == 0
    events = json.loads(system.aws(
        "logs", "get-log-events", "--log-group-name", "/aws/batch/job", "--log-stream-name",
        child["container"]["logStreamName"]))["events"]
    assert [event["message"] for event in events] == ["from the cli"]
    refused = system.aws("batch", "submit-job", "--job-name", "cli", "--job-queue", "none",
                         "--job-definition", "cli", check=False)
    assert refused.returncode != 0 and "ClientException" in refused.stderr


def test_a_queue_is_taken_down_in_order(system):
    batch = system.client()
    system.create_queue("short-lived")
    batch.update_job_queue(jobQueue="short-lived", state="DISABLED")
    batch.delete_job_queue(jobQueue="short-lived")
    assert batch.describe_job_queues(jobQueues=["short-lived"])["jobQueues"] == []
