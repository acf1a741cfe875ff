"""The few calls of the REST API that the example needs, with Python's standard library alone.

The paths and shapes are AWS Batch's and CloudWatch Logs': boto3 does the same with
boto3.client("batch", endpoint_url=...).
"""
import configparser
import datetime
import hashlib
import hmac
import json
import os
import urllib.error
import urllib.parse
import urllib.request


class Refused(Exception):
    """The scheduler said no; the text is its own."""


class Unreachable(Exception):
    """Nobody answers at the URL."""


class Keyless(Exception):
    """No access key was found."""


def access_key():
    """Id and secret, from where AWS's tools take them."""
    if os.environ.get("AWS_ACCESS_KEY_ID") and os.environ.get("AWS_SECRET_ACCESS_KEY"):
        return os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
    data = os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share")
    named = os.environ.get("AWS_SHARED_CREDENTIALS_FILE")
    for file in [named] if named else [f"{data}/dray/scheduler/credentials",
                                       os.path.expanduser("~/.aws/credentials")]:
        profiles = configparser.ConfigParser(interpolation=None)
        profiles.read(file)
        profile = os.environ.get("AWS_PROFILE", "default")
        if profiles.has_option(profile, "aws_secret_access_key"):
            return profiles[profile]["aws_access_key_id"], profiles[profile]["aws_secret_access_key"]
    raise Keyless("no access key: export AWS_SHARED_CREDENTIALS_FILE=FILE, as the scheduler says "
                  "at its first start")


def signature(key, host, path, body, headers):
    """The headers that sign a POST: AWS's Signature Version 4."""
    service = "logs" if "X-Amz-Target" in headers else "batch"
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    scope = f"{now[:8]}/us-east-1/{service}/aws4_request"
    signed = sorted((name.lower(), value)
                    for name, value in {**headers, "Host": host, "X-Amz-Date": now}.items())
    names = ";".join(name for name, _ in signed)
    canonical = "\n".join(["POST", path, "", *(f"{name}:{value}" for name, value in signed), "", names,
                           hashlib.sha256(body).hexdigest()])
    secret = ("AWS4" + key[1]).encode()
    for part in scope.split("/"):
        secret = hmac.digest(secret, part.encode(), "sha256")
    text = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    return {"X-Amz-Date": now, "Authorization":
            f"AWS4-HMAC-SHA256 Credential={key[0]}/{scope}, SignedHeaders={names}, "
            f"Signature={hmac.digest(secret, text.encode(), 'sha256').hex()}"}


class Batch:
    def __init__(self, url):
        self.url = url.rstrip("/")
        self.key = access_key()

    def call(self, path, body, headers=None):
        headers = {"Content-Type": "application/json", **(headers or {})}
        place, text = urllib.parse.urlsplit(self.url + path), json.dumps(body).encode()
        headers |= signature(self.key, place.netloc, place.path, text, headers)
        request = urllib.request.Request(self.url + path, text, headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            text = error.read().decode(errors="replace")
            try:
                answer = json.loads(text)
                text = answer.get("message") or answer.get("Message") or text
            except ValueError:
                pass
            raise Refused(f"{path}: {text}") from None
        except (urllib.error.URLError, OSError) as error:
            raise Unreachable(f"{self.url}: {getattr(error, 'reason', error)}") from None

    def has_queue(self, name):
        found = self.call("/v1/describejobqueues", {"jobQueues": [name]})
        return bool(found.get("jobQueues"))

    def create_queue(self, name, environment="default"):
        """Creates what is missing of an environment and a queue on it."""
        found = self.call("/v1/describecomputeenvironments", {"computeEnvironments": [environment]})
        if not found.get("computeEnvironments"):
            self.call("/v1/createcomputeenvironment",
                      {"computeEnvironmentName": environment, "type": "UNMANAGED"})
        if not self.has_queue(name):
            self.call("/v1/createjobqueue", {
                "jobQueueName": name, "priority": 1,
                "computeEnvironmentOrder": [{"order": 1, "computeEnvironment": environment}]})

    def register(self, name, command, vcpus, memory_mib, attempts, container):
        """Returns name:revision. `container` names the image and its volumes."""
        answer = self.call("/v1/registerjobdefinition", {
            "jobDefinitionName": name, "type": "container",
            "retryStrategy": {"attempts": attempts},
            "containerProperties": {**container, "command": command,
                                    "resourceRequirements": requirements(vcpus, memory_mib)}})
        return f"{answer['jobDefinitionName']}:{answer['revision']}"

    def submit(self, name, queue, definition, command, memory_mib, size=1, after=None):
        """Returns the job's id. `size` over 1 makes an array; `after` is a job to wait for."""
        body = {"jobName": name, "jobQueue": queue, "jobDefinition": definition,
                "containerOverrides": {"command": command,
                                       "resourceRequirements": requirements(1, memory_mib)}}
        if size > 1:
            body["arrayProperties"] = {"size": size}
        if after:
            body["dependsOn"] = [{"jobId": after}]
        return self.call("/v1/submitjob", body)["jobId"]

    def describe(self, ids):
        """The jobs by id; ids nobody knows are left out."""
        answer = self.call("/v1/describejobs", {"jobs": ids})
        return {job["jobId"]: job for job in answer["jobs"]}

    def failed_child(self, parent):
        """A failed child of an array, or nothing."""
        children = self.call("/v1/listjobs", {"arrayJobId": parent, "jobStatus": "FAILED"})
        for child in children.get("jobSummaryList", []):
            return self.describe([child["jobId"]]).get(child["jobId"])
        return None

    def terminate(self, job, reason):
        self.call("/v1/terminatejob", {"jobId": job, "reason": reason})

    def log_tail(self, stream, lines):
        answer = self.call("/", {"logGroupName": "/aws/batch/job", "logStreamName": stream,
                                 "limit": lines, "startFromHead": False},
                           {"X-Amz-Target": "Logs_20140328.GetLogEvents",
                            "Content-Type": "application/x-amz-json-1.1"})
        return [event["message"] for event in answer.get("events", [])]


def requirements(vcpus, memory_mib):
    return [{"type": "VCPU", "value": str(vcpus)}, {"type": "MEMORY", "value": str(memory_mib)}]
