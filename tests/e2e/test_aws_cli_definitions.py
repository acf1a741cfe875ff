"""Job definitions and tags with the AWS CLI alone."""
import pytest
from aws_program import SMALL, AwsBatch, refusal


@pytest.fixture(scope="module")
def aws(bare_system):
    aws = AwsBatch(bare_system)
    aws.start_pool()
    aws.register_script()
    return aws


# ---- Job definitions

def test_parameters_and_overrides_reach_the_command(aws):
    definition = aws.register(
        "greet", ["/bin/sh", "-c", f"echo \"$0 $1 $2 $COLOUR $SIZE\" >> {aws.world}/greet; env | grep ^AWS_BATCH "
                  f">> {aws.world}/batch", "Ref::greeting", "Ref::name", "--to=Ref::name"],
        "--parameters", "greeting=hello,name=nobody",
        environment=[{"name": "COLOUR", "value": "red"}, {"name": "SIZE", "value": "small"}])
    job = aws.submit("greet", None, "--parameters", "name=world", "--container-overrides",
                     "environment=[{name=COLOUR,value=blue}],resourceRequirements=[{type=MEMORY,value=32}]",
                     definition=definition)
    (done,) = aws.show(job)
    assert done["status"] == "SUCCEEDED" and aws.said("greet") == ["hello world --to=world blue small"]
    assert done["parameters"] == {"greeting": "hello", "name": "world"}
    assert {one["type"]: one["value"] for one in done["container"]["resourceRequirements"]} == {
        "VCPU": "0.25", "MEMORY": "32"}
    assert {line.split("=")[0]: line.split("=")[1] for line in aws.said("batch")} == {
        "AWS_BATCH_JOB_ID": job, "AWS_BATCH_JOB_ATTEMPT": "1", "AWS_BATCH_JQ_NAME": "pool",
        "AWS_BATCH_CE_NAME": "pool"}
    missing, reserved = aws.at_once(
        lambda: refusal(lambda: aws.submit("missing", None, "--container-overrides", "command=Ref::absent")),
        lambda: refusal(lambda: aws.submit("reserved", None, "--container-overrides",
                                           "environment=[{name=AWS_BATCH_X,value=1}]")))
    assert missing == "Unable to substitute value. No parameter found for reference absent"
    assert "AWS_BATCH" in reserved


def test_revisions_are_counted_and_become_inactive(aws):
    def revision(number):
        return aws.register("counted", ["/bin/sh", "-c", f"echo {number} >> {aws.world}/counted"])
    assert [revision(number) for number in (1, 2, 3)] == ["counted:1", "counted:2", "counted:3"]

    def submit(definition):
        return lambda: aws.submit("counted", definition=definition)
    first = submit("counted")()
    aws.wait_said("3", name="counted")
    aws("deregister-job-definition", "--job-definition", "counted:3")
    refused, old, newest, states = aws.at_once(
        lambda: refusal(submit("counted:3")), submit("counted:1"), submit("counted"),
        lambda: aws.text("describe-job-definitions", "--job-definition-name", "counted",
                         query="sort_by(jobDefinitions, &revision)[].status"))
    assert "counted:3" in refused and states.split() == ["ACTIVE", "ACTIVE", "INACTIVE"]
    shown = aws.show(first, old, newest)
    assert [job["jobDefinition"].rsplit("/", 1)[1] for job in shown] == ["counted:3", "counted:1", "counted:2"]
    assert sorted(aws.said("counted")) == ["1", "2", "3"]
    aws.at_once(*(lambda n=n: aws("deregister-job-definition", "--job-definition", f"counted:{n}") for n in (1, 2)))
    refused, active = aws.at_once(
        lambda: refusal(submit("counted")),
        lambda: aws("describe-job-definitions", "--job-definition-name", "counted", "--status", "ACTIVE"))
    assert "counted" in refused and active["jobDefinitions"] == []
    assert revision(4) == "counted:4"  # A number is never given twice.


def test_a_definition_shows_what_it_was_registered_with(aws):
    given = {"jobDefinitionName": "shown", "type": "container", "schedulingPriority": 7, "propagateTags": True,
             "platformCapabilities": ["EC2"], "tags": {"team": "a b", "empty": ""},
             "parameters": {"p": "1"}, "timeout": {"attemptDurationSeconds": 100},
             "retryStrategy": {"attempts": 2, "evaluateOnExit": [{"onExitCode": "1*", "action": "EXIT"}]},
             "containerProperties": {"image": "native", "command": ["/bin/true"], "vcpus": 1, "memory": 16}}
    name = aws.text("register-job-definition", "--cli-input-json", given, query="jobDefinitionArn")
    (shown,) = aws("describe-job-definitions", "--job-definitions", name)["jobDefinitions"]
    given["retryStrategy"]["evaluateOnExit"][0]["action"] = "exit"  # As AWS has it.
    assert {key: shown[key] for key in given if key != "containerProperties"} == {
        key: value for key, value in given.items() if key != "containerProperties"}
    assert given["containerProperties"].items() <= shown["containerProperties"].items()
    assert (shown["status"], shown["revision"]) == ("ACTIVE", 1)
    (done,) = aws.show(aws.submit("older", None, "--container-overrides", "memory=32", definition="shown"))
    assert (done["container"]["vcpus"], done["container"]["memory"]) == (1, 32)
    aws.at_once(*(lambda broken=broken: refusal(lambda: aws(
        "register-job-definition", "--job-definition-name", "broken", "--type", "container",
        "--container-properties", broken)) for broken in (
            {"image": "native", "command": ["true"]}, {"command": ["true"], "resourceRequirements": SMALL})))


def test_tags_go_from_definition_and_submit_to_the_job(aws):
    definition = aws.text("register-job-definition", "--job-definition-name", "tagged", "--type", "container",
                          "--container-properties", {"image": "native", "command": ["/bin/true"],
                                                     "resourceRequirements": SMALL},
                          "--tags", "owner=def,kind=x", "--propagate-tags", query="jobDefinitionArn")
    job = aws.submit("tagged", None, "--tags", "owner=me", definition=definition)
    (done,) = aws.show(job)
    assert done["propagateTags"] is True and done["tags"] == {"owner": "me"}, done["tags"]

    def tags(arn):
        return aws("list-tags-for-resource", "--resource-arn", arn)["tags"]
    assert tags(definition) == {"owner": "def", "kind": "x"}
    aws("tag-resource", "--resource-arn", definition, "--tags", "kind=y,more=a b")
    aws("untag-resource", "--resource-arn", definition, "--tag-keys", "owner", "absent")
    assert tags(definition) == {"kind": "y", "more": "a b"}
    aws("tag-resource", "--resource-arn", done["jobArn"], "--tags", "late=1")
    assert tags(done["jobArn"]) == {"owner": "me", "late": "1"}
    queue = done["jobQueue"]
    aws("tag-resource", "--resource-arn", queue, "--tags", {"a&b": "é"})
    shown, nowhere, reserved = aws.at_once(
        lambda: tags(queue), lambda: refusal(lambda: tags(queue.replace("pool", "nowhere"))),
        lambda: refusal(lambda: aws("tag-resource", "--resource-arn", queue, "--tags", "aws:x=1")))
    assert shown == {"a&b": "é"} and nowhere and "aws:" in reserved
