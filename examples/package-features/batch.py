"""The few calls of the REST API that the example needs, with Python's standard library alone.

The paths and shapes are AWS Batch's and CloudWatch Logs': boto3 does the same with
boto3.client("batch", endpoint_url=...).
"""
import json
import urllib.error
import urllib.request


class Refused(Exception):
    """The scheduler said no; the text is its own."""


class Unreachable(Exception):
    """Nobody answers at the URL."""


class Batch:
    def __init__(self, url):
        self.url = url.rstrip("/")

    def call(self, path, body, headers=None):
        request = urllib.request.Request(
            self.url + path, json.dumps(body).encode(),
            {"Content-Type": "application/json", **(headers or {})})
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
