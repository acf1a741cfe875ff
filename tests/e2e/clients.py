"""AWS's own clients behind one face: `client(service, operation, NAME=VALUE...)`, as boto3 takes it.

Each is the real program or library, told nothing but the endpoint, a region and a key by its environment;
what it refuses with is a Refusal.
"""
import json
import re
import subprocess

import boto3
import botocore.exceptions
from botocore.config import Config
from cluster import ROOT, VENV_BIN

JAVASCRIPT = ROOT / "tests" / "e2e" / "js"
DEBIAN_AWS = "/usr/bin/aws"


class Refusal(Exception):
    def __init__(self, code, message):
        super().__init__(f"{code}: {message}")
        self.code, self.message = code, message


def words_of(operation):
    """DescribeJobs -> describe-jobs; the names of options likewise."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", operation).lower()


class Boto3:
    def __init__(self, cluster):
        settings = cluster.tool_environment()
        session = boto3.Session(aws_access_key_id=settings["AWS_ACCESS_KEY_ID"],
                                aws_secret_access_key=settings["AWS_SECRET_ACCESS_KEY"],
                                region_name=settings["AWS_DEFAULT_REGION"])
        config = Config(retries={"mode": "standard", "max_attempts": 5}, read_timeout=30)
        self.clients = {service: session.client(service, endpoint_url=cluster.url, config=config)
                        for service in ("batch", "logs")}

    def __call__(self, service, operation, **given):
        method = words_of(operation).replace("-", "_")
        try:
            answer = getattr(self.clients[service], method)(**given)
        except botocore.exceptions.ClientError as refused:
            error = refused.response["Error"]
            raise Refusal(error["Code"], error["Message"]) from None
        answer.pop("ResponseMetadata")
        return answer

    def close(self):
        for client in self.clients.values():
            client.close()


class CommandLine:
    """An AWS CLI: every member is an option of its own, lists of words as words, the rest as JSON."""

    def __init__(self, program, cluster):
        self.program, self.cluster = program, cluster

    def __call__(self, service, operation, **given):
        words = [str(self.program), "--endpoint-url", self.cluster.url, "--output", "json", service,
                 words_of(operation)]
        for name, value in given.items():
            words += self.option(words_of(name), value)
        done = subprocess.run(words, env=self.cluster.tool_environment(), capture_output=True,
                              text=True, timeout=60, check=False)
        if done.returncode != 0:
            said = re.search(r"An error occurred \((\w+)\) when calling the \w+ operation[^:]*: (.*)",
                             done.stderr, re.DOTALL)
            assert said, f"{words}: {done.stderr}"
            raise Refusal(said[1], said[2].strip())
        return json.loads(done.stdout) if done.stdout.strip() else {}

    @staticmethod
    def option(name, value):
        if isinstance(value, bool):
            return [f"--{name}" if value else f"--no-{name}"]
        if isinstance(value, list) and value and all(isinstance(word, str) for word in value):
            return [f"--{name}", *value]
        if isinstance(value, (dict, list)):
            return [f"--{name}", json.dumps(value)]
        return [f"--{name}", str(value)]

    def close(self):
        pass


class JavaScript:
    def __init__(self, cluster):
        self.errors = open(cluster.folder / "javascript.log", "w+", encoding="utf-8")
        self.process = subprocess.Popen(
            ["node", JAVASCRIPT / "call.mjs"], env=cluster.tool_environment(), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors)

    def __call__(self, service, operation, **given):
        asked = {"service": service, "operation": operation, "input": given}
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            self.errors.seek(0)
            raise AssertionError(f"node ended: {self.errors.read()}")
        answer = json.loads(line)
        if "error" in answer:
            raise Refusal(answer["error"]["name"], answer["error"]["message"])
        return answer["output"]

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()
        self.errors.close()


CLIENTS = {
    "boto3": Boto3,
    "AWS CLI of pip": lambda cluster: CommandLine(VENV_BIN / "aws", cluster),
    "AWS CLI of Debian": lambda cluster: CommandLine(DEBIAN_AWS, cluster),
    "JavaScript": JavaScript,
}
