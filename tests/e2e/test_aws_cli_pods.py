"""Jobs of several nodes and of several containers with the AWS CLI alone."""
import pytest
from aws_program import SMALL, AwsBatch, hold, inside, refusal
from cluster import wait_for


@pytest.fixture(scope="module")
def aws(bare_system):
    aws = AwsBatch(bare_system)
    aws.start_pool(agents=2)
    return aws


def shell(aws, script):
    return ["/bin/sh", "-c", f"cd {aws.world}; {script}"]


# ---- Multi-node parallel jobs

# Each node writes a line of who it is, in a file of its own.
NODE = ("echo $AWS_BATCH_JOB_ID $AWS_BATCH_JOB_NUM_NODES $AWS_BATCH_JOB_MAIN_NODE_INDEX "
        "${AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS:-none} $ROLE "
        ">> node-$AWS_BATCH_JOB_NODE_INDEX-$AWS_BATCH_JOB_ATTEMPT; ")


def register_nodes(aws, name, nodes, main, ranges, *words):
    groups = [{"targetNodes": target, "container": {
        "image": "native", "command": shell(aws, NODE + script), "resourceRequirements": SMALL}}
        for target, script in ranges]
    return aws.text("register-job-definition", "--job-definition-name", name, "--type", "multinode",
                    "--node-properties", {"numNodes": nodes, "mainNode": main,
                                          "nodeRangeProperties": groups}, *words,
                    query="jobDefinitionArn")


def test_nodes_run_together_and_end_with_the_main_one(aws):
    """Of two nodes the override makes four; the main one, 1, fails at first, so that all come twice."""
    other = f"{inside('nodes')}; setsid sh -c \"trap '' TERM HUP; while :; do sleep 0.1; done\" & exec sleep 600"
    definition = register_nodes(
        aws, "spread", 2, 1, [
            ("0:", other), ("1:1", f"{hold('main-$AWS_BATCH_JOB_ATTEMPT')}; exit $((2 - $AWS_BATCH_JOB_ATTEMPT))")],
        "--retry-strategy", "attempts=3")
    job = aws.submit("spread", None, "--node-overrides", "numNodes=4,nodePropertyOverrides=[{targetNodes=3:,"
                     "containerOverrides={environment=[{name=ROLE,value=late}]}}]", definition=definition)

    def lines(attempt):
        return {n: aws.said(f"node-{n}-{attempt}") for n in range(4)}
    wait_for("four nodes", lambda: all(lines(1).values()))
    said = {n: line.split() for n, (line,) in lines(1).items()}
    assert said == {0: [f"{job}#0", "4", "1", "127.0.0.1"], 1: [f"{job}#1", "4", "1", "none"],
                    2: [f"{job}#2", "4", "1", "127.0.0.1"], 3: [f"{job}#3", "4", "1", "127.0.0.1", "late"]}
    listed = wait_for("all to be known to run", lambda: (
        lambda rows: rows if len(rows) == 4 else None)(aws(
            "list-jobs", "--multi-node-job-id", job)["jobSummaryList"]))
    assert [(one["jobId"], one["nodeProperties"]["isMainNode"]) for one in listed] == [
        (f"{job}#{n}", n == 1) for n in range(4)]
    whole, late = aws.describe(job, f"{job}#3")
    assert whole["status"] == "RUNNING" and "container" not in whole
    assert (whole["nodeProperties"]["numNodes"], whole["nodeProperties"]["mainNode"]) == (4, 1)
    assert late["nodeDetails"] == {"nodeIndex": 3, "isMainNode": False}
    assert late["container"]["environment"] == [{"name": "ROLE", "value": "late"}]

    assert len(aws.living("nodes")) >= 6
    aws.touch("main-1")
    wait_for("four nodes again", lambda: all(lines(2).values()))
    aws.touch("main-2")
    (done,) = aws.show(job)
    assert done["status"] == "SUCCEEDED" and aws.living("nodes") == []
    assert [one["container"]["exitCode"] for one in done["attempts"]] == [1, 0]
    assert not any(lines(3).values())


def test_nodes_are_placed_together_or_not_at_all_and_terminated_together(aws):
    definition = register_nodes(aws, "wide", 2, 0, [("0:1", f"{inside('wide')}; exec sleep 600")])
    closed, array, hole, too_wide = aws.at_once(
        lambda: refusal(lambda: aws.submit("x", None, "--node-overrides", "numNodes=3", definition=definition)),
        lambda: refusal(lambda: aws.submit("x", None, "--array-properties", "size=2", definition=definition)),
        lambda: refusal(lambda: register_nodes(aws, "hole", 3, 0, [("0:1", "true")])),
        lambda: register_nodes(aws, "too-wide", 17, 0, [("0:", "echo began >> wide-began")]))
    assert "open at its end" in closed and array and hole == "nodeRangeProperties must cover every node"
    waits = aws.submit("too-wide", definition=too_wide)
    job = aws.submit("wide", definition=definition)
    wait_for("both nodes", lambda: len(aws("list-jobs", "--multi-node-job-id", job)["jobSummaryList"]) == 2)
    assert aws.describe(waits)[0]["status"] == "RUNNABLE" and aws.said("wide-began") == []
    aws.at_once(lambda: aws("cancel-job", "--job-id", waits, "--reason", "too wide"),
                lambda: aws("terminate-job", "--job-id", job, "--reason", "enough"))
    done = aws.show(job, waits)
    assert [(one["status"], one["statusReason"]) for one in done] == [
        ("FAILED", "enough"), ("FAILED", "too wide")]
    assert aws.living("wide") == []


# ---- ecsProperties

def container(aws, name, script, after=(), **more):
    if after:
        more["dependsOn"] = [{"containerName": name, "condition": what} for name, what in after]
    return {"name": name, "image": "native", "command": shell(aws, script),
            "resourceRequirements": SMALL, **more}


def submit_task(aws, name, containers, *words):
    definition = aws.text("register-job-definition", "--job-definition-name", name, "--type", "container",
                          "--ecs-properties", {"taskProperties": [{"containers": containers}]},
                          query="jobDefinitionArn")
    return aws.submit(name, None, *words, definition=definition)


def containers_of(job):
    return {one["name"]: one for one in job["ecsProperties"]["taskProperties"][0]["containers"]}


def codes(job):
    return {name: one.get("exitCode") for name, one in containers_of(job).items()}


def test_containers_of_a_task_run_in_their_order(aws):
    """prepare ends before main begins, side has started by then and is stopped when main has ended, and
    what is not essential may fail."""
    job = submit_task(aws, "task", [
        container(aws, "main", "echo main $COLOUR >> task; until grep -q side task; do sleep 0.02; done; "
                  f"{hold('task-end')}", [("prepare", "SUCCESS"), ("fails", "COMPLETE"), ("side", "START")]),
        container(aws, "side", "trap 'echo side stopped >> task; exit 0' TERM; echo side >> task; "
                  "while :; do sleep 0.02; done", essential=False),
        container(aws, "fails", "echo fails >> task; exit 7", [("prepare", "SUCCESS")], essential=False),
        container(aws, "prepare", "echo prepare >> task", essential=False)],
        "--ecs-properties-override", {"taskProperties": [{"containers": [
            {"name": "main", "environment": [{"name": "COLOUR", "value": "red"}]}]}]})
    aws.wait_said("main red", "side", name="task")
    aws.touch("task-end")
    (done,) = aws.show(job)
    assert done["status"] == "SUCCEEDED" and codes(done) == {"main": 0, "side": 0, "fails": 7, "prepare": 0}
    said = aws.said("task")
    assert [line for line in said if not line.startswith("side")] == ["prepare", "fails", "main red"]
    assert said[-1] == "side stopped"
    (attempt,) = done["attempts"]
    (task,) = attempt["taskProperties"]
    assert {one["name"]: one["exitCode"] for one in task["containers"]} == codes(done)


def test_the_end_of_an_essential_container_is_the_tasks(aws):
    failed, never = aws.at_once(
        lambda: submit_task(aws, "essential", [
            container(aws, "main", f"{hold('ready')}; exit 5"),
            container(aws, "other", "touch ready; exec sleep 600", stopTimeout=2)]),
        lambda: submit_task(aws, "never", [
            container(aws, "first", "exit 4", essential=False),
            container(aws, "second", "echo never >> never", [("first", "SUCCESS")])]))
    failed, never = aws.show(failed, never)
    assert (failed["status"], failed["statusReason"]) == ("FAILED", "Essential container in task exited")
    assert codes(failed) == {"main": 5, "other": 143}
    assert (never["status"], never["statusReason"]) == ("FAILED", "Task failed to start")
    assert containers_of(never)["second"]["reason"].startswith("DependencyNotMet: ")
    assert codes(never) == {"first": 4, "second": None} and aws.said("never") == []
    aws.at_once(*(lambda containers=containers: refusal(lambda: submit_task(aws, "refused", containers))
                  for containers in (
                      [container(aws, "a", "true", [("b", "COMPLETE")]), container(aws, "b", "true")],
                      [container(aws, "a", "true", essential=False)],
                      [container(aws, "a", "true"), container(aws, "a", "true")])))


# ---- eksProperties

def member(aws, name, script, **more):
    return {"name": name, "image": "native", "command": ["/bin/sh", "-c"],
            "args": [f"cd {aws.world}; {script}"], "resources": {"limits": {"cpu": "250m", "memory": "32Mi"}},
            **more}


def test_the_init_containers_of_a_pod_come_first(aws):
    definition = aws.text("register-job-definition", "--cli-input-json", {
        "jobDefinitionName": "pod", "type": "container", "retryStrategy": {"attempts": 2},
        "eksProperties": {"podProperties": {
            "hostNetwork": True, "metadata": {"labels": {"team": "a"}},
            "initContainers": [member(aws, "first", "echo first >> pod"),
                               member(aws, "second", "echo second >> pod")],
            "containers": [
                member(aws, "a", "echo a $CODE >> pod; [ $AWS_BATCH_JOB_ATTEMPT = 2 ] || exit $CODE",
                       env=[{"name": "CODE", "value": "1"}]),
                member(aws, "b", "echo b >> pod")]}}}, query="jobDefinitionArn")
    job = aws.submit("pod", None, "--eks-properties-override", {"podProperties": {"containers": [
        {"name": "a", "env": [{"name": "CODE", "value": "4"}]}]}}, definition=definition)
    (done,) = aws.show(job)
    assert done["status"] == "SUCCEEDED"
    said = aws.said("pod")
    for attempt in (said[:4], said[4:]):
        assert attempt[:2] == ["first", "second"] and sorted(attempt[2:]) == ["a 4", "b"]

    def ends(containers):
        return {one["name"]: one.get("exitCode") for one in containers}
    pod = done["eksProperties"]["podProperties"]
    assert ends(pod["initContainers"]) == {"first": 0, "second": 0}
    assert ends(pod["containers"]) == {"a": 0, "b": 0} and pod["metadata"]["labels"] == {"team": "a"}
    assert [ends(attempt["containers"]) for attempt in done["eksAttempts"]] == [
        {"a": 4, "b": 0}, {"a": 0, "b": 0}]


def test_a_failed_init_container_is_the_pods_end(aws):
    definition = aws.text("register-job-definition", "--job-definition-name", "bad-pod", "--type",
                          "container", "--eks-properties", {"podProperties": {
                              "initContainers": [member(aws, "bad", "exit 3")],
                              "containers": [member(aws, "a", "echo never >> bad-pod")]}},
                          query="jobDefinitionArn")
    (done,) = aws.show(aws.submit("bad-pod", definition=definition))
    assert done["status"] == "FAILED" and aws.said("bad-pod") == []
    (attempt,) = done["eksAttempts"]
    assert attempt["initContainers"][0]["exitCode"] == 3 and "exitCode" not in attempt["containers"][0]
