"""Keys, roles, repeated submits and the audit log, with the real clients. Rows 43 and 44 of the fault
matrix."""
import concurrent.futures
import http.client
import json
import os
import subprocess
import uuid

import pytest
from botocore.exceptions import ClientError

from cluster import VENV_BIN, boto_client
from signing import read_credentials, signed


def new_key(system, user, role, *more):
    done = system.dray("key", "create", user, "--role", role, *more)
    assert done.returncode == 0, done.stderr
    assert "shown this once" in done.stderr
    file = system.folder / f"{user}.credentials"
    file.write_text(done.stdout)
    return read_credentials(file)


def refused(call):
    with pytest.raises(ClientError) as error:
        call()
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


@pytest.fixture(scope="module")
def definition(system):
    return system.register("waits", ["/bin/true"], vcpus=100)  # It waits for ever: it is never placed.


def test_the_admins_file_is_for_its_owner_alone(system):
    assert system.credentials_file.stat().st_mode & 0o777 == 0o600
    done = subprocess.run(
        [VENV_BIN / "aws", "--endpoint-url", system.url, "batch", "describe-job-queues"],
        env={"PATH": os.environ["PATH"], "AWS_SHARED_CREDENTIALS_FILE": str(system.credentials_file)},
        capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0 and '"jobQueueName": "default"' in done.stdout, done.stderr


def test_nobody_gets_in_without_a_key(system):
    unsigned = system.aws("batch", "list-jobs", "--job-queue", "default", "--no-sign-request", check=False)
    assert "MissingAuthenticationTokenException" in unsigned.stderr, unsigned.stderr
    stranger = boto_client("batch", system.url, {**system.access, "AWS_ACCESS_KEY_ID": "AKIANOBODY"},
                           retries={"max_attempts": 0})
    assert refused(stranger.describe_job_queues) == (
        "UnrecognizedClientException", "The security token included in the request is invalid.")
    wrong = boto_client("batch", system.url, {**system.access, "AWS_SECRET_ACCESS_KEY": "wrong"},
                        retries={"max_attempts": 0})
    assert refused(wrong.describe_job_queues)[0] == "InvalidSignatureException"
    logs = boto_client("logs", system.url, {**system.access, "AWS_SECRET_ACCESS_KEY": "wrong"},
                       retries={"max_attempts": 0})
    assert refused(logs.describe_log_groups)[0] == "InvalidSignatureException"
    sts = boto_client("sts", system.url, {**system.access, "AWS_ACCESS_KEY_ID": "AKIANOBODY"},
                      retries={"max_attempts": 0})
    assert refused(sts.get_caller_identity)[0] == "InvalidClientTokenId"
    done = subprocess.run([*map(str, [system.dray("version").args[0], "--url", system.url, "jobs"])],
                          env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"},
                          capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 5 and "export AWS_SHARED_CREDENTIALS_FILE=" in done.stderr, done.stderr


def test_roles_and_queues_bound_what_a_key_may_do(system, definition):
    system.create_queue("lab-1")
    foreign = system.submit(None, definition=definition)
    viewer = boto_client("batch", system.url, new_key(system, "vera", "viewer"))
    assert viewer.describe_jobs(jobs=[foreign])["jobs"]
    code, message = refused(lambda: viewer.submit_job(jobName="a", jobQueue="lab-1", jobDefinition=definition))
    assert code == "AccessDeniedException" and ":user/vera is not authorized" in message
    lab = boto_client("batch", system.url, new_key(system, "lab", "submitter", "--queue", "lab-*"))
    own = lab.submit_job(jobName="a", jobQueue="lab-1", jobDefinition=definition)["jobId"]
    assert [job["jobId"] for job in lab.describe_jobs(jobs=[own, foreign])["jobs"]] == [own]
    assert [q["jobQueueName"] for q in lab.describe_job_queues()["jobQueues"]] == ["lab-1"]
    lab.terminate_job(jobId=foreign, reason="not mine")
    assert system.describe(foreign)["status"] == "RUNNABLE"
    lab.terminate_job(jobId=own, reason="mine")
    assert system.wait_state(own)["statusReason"] == "mine"
    system.client().terminate_job(jobId=foreign, reason="over")


def test_keys_are_listed_disabled_and_deleted(system):
    access = new_key(system, "kay", "operator")
    batch = boto_client("batch", system.url, access, retries={"max_attempts": 0})
    assert batch.describe_job_queues()
    key = access["AWS_ACCESS_KEY_ID"]
    listed = {one["accessKeyId"]: one for one in json.loads(system.dray("key", "list", "-o", "json").stdout)}
    assert listed[key]["user"] == "kay" and listed[key]["status"] == "Active"
    assert access["AWS_SECRET_ACCESS_KEY"] not in json.dumps(listed)
    assert system.dray("key", "disable", key).returncode == 0
    assert refused(batch.describe_job_queues)[0] == "UnrecognizedClientException"
    assert system.dray("key", "enable", key).returncode == 0
    assert batch.describe_job_queues()
    new_key(system, "kay", "viewer")
    third = system.dray("key", "create", "kay", "--role", "viewer")
    assert third.returncode == 1 and "two active access keys" in third.stderr
    assert system.dray("key", "delete", key).returncode == 0
    assert refused(batch.describe_job_queues)[0] == "UnrecognizedClientException"
    admin = system.access["AWS_ACCESS_KEY_ID"]
    last = system.dray("key", "delete", admin)
    assert last.returncode == 1 and "last active admin key" in last.stderr


def send(system, body, invocation, headers=None, access=None, minutes=0):
    """A submit as an SDK sends it, by hand; status, answer and the headers it was signed with."""
    text = json.dumps(body).encode()
    headers = headers or signed(access or system.access, "POST", system.http, "/v1/submitjob", text,
                                "application/json", minutes=minutes)
    connection = http.client.HTTPConnection(system.http, timeout=30)
    connection.request("POST", "/v1/submitjob", text, {**headers, "amz-sdk-invocation-id": invocation})
    answer = connection.getresponse()
    found = json.loads(answer.read())
    connection.close()
    return answer.status, found, headers


def test_a_repeated_submit_is_one_job(cluster):
    cluster.create_queue()
    body = {"jobName": "once", "jobQueue": "default", "jobDefinition": cluster.register("waits", ["/bin/true"])}
    invocation = str(uuid.uuid4())
    with concurrent.futures.ThreadPoolExecutor(32) as clients:
        answers = list(clients.map(lambda _: send(cluster, body, invocation), range(100)))
    assert {status for status, _, _ in answers} == {200}
    jobs = {found["jobId"] for _, found, _ in answers}
    assert len(jobs) == 1
    status, found, _ = send(cluster, {**body, "jobName": "other"}, invocation)
    assert status == 400 and "used within the last day" in found["message"], found
    cluster.kill_scheduler()
    cluster.start_scheduler()
    assert {send(cluster, body, invocation)[1]["jobId"]} == jobs
    # A captured request sent again as it was.
    captured = send(cluster, body, "captured")
    assert send(cluster, body, "captured", captured[2])[1] == captured[1]
    assert send(cluster, body, str(uuid.uuid4()))[1]["jobId"] not in jobs
    # Another key's invocation of the same name is another's.
    other = new_key(cluster, "other", "submitter")
    assert send(cluster, body, invocation, access=other)[1]["jobId"] not in jobs
    assert len(cluster.client().list_jobs(jobQueue="default", jobStatus="RUNNABLE")["jobSummaryList"]) == 4


def test_a_request_is_good_for_five_minutes(system, definition):
    body = {"jobName": "late", "jobQueue": "default", "jobDefinition": definition}
    before = len(system.client().list_jobs(jobQueue="default", jobStatus="RUNNABLE")["jobSummaryList"])
    for minutes in (-16, -6, 6):
        status, found, _ = send(system, body, str(uuid.uuid4()), minutes=minutes)
        words = "Signature expired: " if minutes < 0 else "Signature not yet current: "
        assert status == 403 and found["__type"] == "InvalidSignatureException"
        assert found["message"].startswith(words) and "5 min.)" in found["message"], found
    after = len(system.client().list_jobs(jobQueue="default", jobStatus="RUNNABLE")["jobSummaryList"])
    assert after == before
    status, found, _ = send(system, body, "slow clock", minutes=-4)
    assert status == 200
    assert send(system, body, "slow clock")[1] == found


def test_who_changed_what_is_written_down(system, definition):
    sender = new_key(system, "sue", "submitter")
    answer = boto_client("batch", system.url, sender).submit_job(
        jobName="traced", jobQueue="default", jobDefinition=definition,
        containerOverrides={"environment": [{"name": "PASSWORD", "value": "hidden-value"}]})
    events = [json.loads(line) for line in system.dray("audit", "-o", "jsonl", "--limit", "1000").stdout.splitlines()]
    event = next(one for one in events if one["requestId"] == answer["ResponseMetadata"]["RequestId"])
    assert event["user"] == "sue" and event["accessKeyId"] == sender["AWS_ACCESS_KEY_ID"]
    assert event["action"] == "batch:submitjob" and event["status"] == 200 and event["at"] > 0
    assert event["request"] == {"jobName": "traced", "jobQueue": "default", "jobDefinition": definition}
    assert event["answer"]["jobId"] == answer["jobId"]
    log = (system.data / "audit.log").read_text()
    assert "hidden-value" not in log and sender["AWS_SECRET_ACCESS_KEY"] not in log
    assert not any(one["action"].startswith("batch:describe") for one in events)
    denied = boto_client("batch", system.url, sender, retries={"max_attempts": 0})
    assert refused(lambda: denied.delete_job_queue(jobQueue="default"))[0] == "AccessDeniedException"
    assert any(one["action"] == "batch:deletejobqueue" and one["status"] == 403 for one in
               map(json.loads, system.dray("audit", "-o", "jsonl").stdout.splitlines()))
