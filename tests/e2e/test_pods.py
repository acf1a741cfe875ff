"""Jobs of several containers (ecsProperties, eksProperties) as processes on agents, through boto3."""
import pytest
from cluster import processes_of, wait_for

SIZES = [{"type": "VCPU", "value": "0.25"}, {"type": "MEMORY", "value": "32"}]


def sh(script):
    return ["/bin/sh", "-c", script]


def container(name, script, **more):
    return {"name": name, "image": "native", "command": sh(script), "resourceRequirements": SIZES,
            **more}


def after(name, condition):
    return [{"containerName": name, "condition": condition}]


def submit(system, name, *containers, definition=None, **more):
    batch = system.client()
    answer = batch.register_job_definition(
        jobDefinitionName=name, type="container", **(definition or {}),
        ecsProperties={"taskProperties": [{"containers": list(containers)}]})
    return batch.submit_job(jobName=name, jobQueue="default",
                            jobDefinition=f"{name}:{answer['revision']}", **more)["jobId"]


def shown(job):
    """The job's containers by name."""
    (task,) = job["ecsProperties"]["taskProperties"]
    return {one["name"]: one for one in task["containers"]}


def codes(job):
    return {name: one.get("exitCode") for name, one in shown(job).items()}


def test_containers_run_in_the_order_of_their_dependencies(system):
    job = submit(
        system, "ordered",
        container("load", "cat prepared; cat swept", dependsOn=after("sweep", "COMPLETE")),
        container("sweep", "echo sweeping; cat prepared > swept; exit 7", essential=False,
                  dependsOn=after("prepare", "SUCCESS")),
        container("prepare", "echo ready > prepared", essential=False))
    done = system.wait_state(job)
    assert done["status"] == "SUCCEEDED", done
    assert codes(done) == {"load": 0, "sweep": 7, "prepare": 0}
    assert "logStreamName" not in done["container"] and "image" not in done["container"]
    (attempt,) = done["attempts"]
    (task,) = attempt["taskProperties"]
    assert {one["name"]: one["exitCode"] for one in task["containers"]} == codes(done)
    assert task["taskArn"] and attempt["statusReason"] == "Essential container in task exited"


def test_the_end_of_an_essential_container_stops_the_rest(system):
    job = submit(
        system, "sidecar",
        container("main", "while [ ! -e ready ]; do sleep 0.05; done; exit 5",
                  dependsOn=after("side", "START")),
        container("side", "trap 'exit 0' TERM; touch ready; while :; do sleep 0.05; done", essential=False))
    done = system.wait_state(job)
    assert done["status"] == "FAILED"
    assert codes(done) == {"main": 5, "side": 0}
    assert done["statusReason"] == "Essential container in task exited"
    good = system.wait_state(submit(
        system, "two-essential",
        container("short", "while [ ! -e ready ]; do sleep 0.05; done"),
        container("long", "trap 'exit 0' TERM; touch ready; while :; do sleep 0.05; done")))
    assert good["status"] == "SUCCEEDED" and codes(good) == {"short": 0, "long": 0}


def test_what_cannot_start_says_why(system):
    job = submit(
        system, "hopeless",
        container("first", "exit 4", essential=False),
        container("second", "echo never", dependsOn=after("first", "SUCCESS")))
    done = system.wait_state(job)
    assert done["status"] == "FAILED" and done["statusReason"] == "Task failed to start"
    assert codes(done) == {"first": 4, "second": None}
    assert shown(done)["second"]["reason"] == (
        "DependencyNotMet: container first ended with exit code 4")
    assert "logStreamName" not in shown(done)["second"]
    told = system.dray("show", job).stdout
    assert "DependencyNotMet: container first ended with exit code 4" in told and "CONTAINER" in told
    missing = container("only", "")
    missing["command"] = ["no-such-program"]
    done = system.wait_state(submit(system, "missing", missing, container("other", "sleep 60")))
    assert done["statusReason"] == "Task failed to start"
    assert shown(done)["only"]["reason"].startswith("CannotStartContainerError: ")


def test_overrides_and_parameters_reach_their_container(system):
    job = submit(
        system, "override", container("a", "exit Ref::code", dependsOn=after("b", "COMPLETE")),
        container("b", "exit $B", essential=False, environment=[{"name": "B", "value": "1"}]),
        definition={"parameters": {"code": "9"}}, ecsPropertiesOverride={"taskProperties": [{
            "containers": [
                {"name": "b", "environment": [{"name": "B", "value": "6"}]},
                {"name": "a", "command": sh("true; exit Ref::code"),
                 "resourceRequirements": [{"type": "MEMORY", "value": "48"}]}]}]})
    done = system.wait_state(job)
    assert codes(done) == {"a": 9, "b": 6}
    assert {"type": "MEMORY", "value": "48"} in shown(done)["a"]["resourceRequirements"]
    with pytest.raises(system.client().exceptions.ClientException) as refusal:
        submit(system, "override", container("a", "true"), container("b", "true"),
               ecsPropertiesOverride={"taskProperties": [{"containers": [{"name": "c"}]}]})
    assert "no container with the name c" in str(refusal.value)


def test_a_stop_timeout_ends_what_does_not_listen(system):
    job = submit(
        system, "deaf",
        container("main", "while [ ! -e ready ]; do sleep 0.05; done"),
        container("deaf", "trap '' TERM; touch ready; while :; do sleep 0.05; done", essential=False, stopTimeout=2))
    done = system.wait_state(job)
    assert done["status"] == "SUCCEEDED"
    assert codes(done) == {"main": 0, "deaf": 137}
    assert 1500 < done["stoppedAt"] - done["startedAt"] < 15000


def test_a_start_timeout_gives_up_on_a_slow_one(system):
    job = submit(
        system, "slow",
        container("slow", "sleep 60", essential=False, startTimeout=2),
        container("main", "true", dependsOn=after("slow", "COMPLETE")))
    done = system.wait_state(job)
    assert done["status"] == "FAILED"
    assert shown(done)["main"]["reason"] == (
        "DependencyNotMet: container slow took longer than its startTimeout")


def test_terminate_ends_all_of_a_pod_and_nothing_survives(system):
    daemon = "setsid sh -c \"trap '' TERM HUP; while :; do sleep 0.1; done\" & sleep 100"
    job = submit(system, "many", container("a", daemon), container("b", daemon, essential=False))
    system.wait_state(job, ("RUNNING",))

    def lives():
        return [pid for name in system.agents for pid in processes_of(system.folder / name / "scratch")]
    wait_for("all containers run", lambda: len(lives()) >= 6)
    system.client().terminate_job(jobId=job, reason="enough")
    done = system.wait_state(job)
    assert done["status"] == "FAILED" and done["statusReason"] == "enough"
    assert codes(done) == {"a": 143, "b": 143}
    assert lives() == []


def test_each_attempt_of_a_pod_tells_its_own_ends(system):
    job = submit(
        system, "again", container("a", "exit $AWS_BATCH_JOB_ATTEMPT"), container("b", "sleep 30"),
        retryStrategy={"attempts": 2})
    done = system.wait_state(job)
    assert [attempt["taskProperties"][0]["containers"][0]["exitCode"]
            for attempt in done["attempts"]] == [1, 2]
    (summary,) = [one for one in system.client().list_jobs(jobQueue="default", jobStatus="FAILED")[
        "jobSummaryList"] if one["jobId"] == job]
    assert summary["container"]["exitCode"] == 2


def test_children_of_an_array_are_pods_too(system):
    job = submit(
        system, "pods", container("a", "exit $AWS_BATCH_JOB_ARRAY_INDEX", dependsOn=after("b", "SUCCESS")),
        container("b", "true", essential=False), arrayProperties={"size": 3})
    assert system.wait_state(job)["status"] == "FAILED"
    assert [codes(system.describe(f"{job}:{child}"))["a"] for child in range(3)] == [0, 1, 2]


def log_of(system, stream, group="/aws/batch/job"):
    answer = system.client("logs").get_log_events(logGroupName=group, logStreamName=stream,
                                                  startFromHead=True)
    return [event["message"] for event in answer["events"]]


def test_each_container_has_a_log_stream_of_its_own(system):
    job = submit(
        system, "talking",
        container("a", "for i in 1 2 3; do echo a $i; sleep 0.05; done; "
                  "while [ ! -e said ]; do sleep 0.05; done",
                  dependsOn=after("c", "COMPLETE")),
        container("b", "for i in 1 2 3; do echo b $i; sleep 0.05; done; echo bad >&2; touch said",
                  essential=False,
                  dependsOn=after("c", "COMPLETE"),
                  logConfiguration={"logDriver": "awslogs", "options": {
                      "awslogs-group": "/mine", "awslogs-stream-prefix": "p"}}),
        container("c", "echo c", essential=False))
    done = system.wait_state(job)
    assert done["status"] == "SUCCEEDED", done
    streams = {name: one["logStreamName"] for name, one in shown(done).items()}
    task = done["ecsProperties"]["taskProperties"][0]["taskArn"].split("/")[-1]
    assert streams == {"a": f"talking/a/{task}", "b": f"p/b/{task}", "c": f"talking/c/{task}"}
    wait_for("the whole log", lambda: len(log_of(system, streams["b"], "/mine")) == 4)
    wait_for("the other logs", lambda: len(log_of(system, streams["a"])) == 3 and log_of(system, streams["c"]))
    assert log_of(system, streams["a"]) == ["a 1", "a 2", "a 3"]
    assert sorted(log_of(system, streams["b"], "/mine")) == ["b 1", "b 2", "b 3", "bad"]
    assert log_of(system, streams["c"]) == ["c"]
    logs = system.client("logs")
    assert [one["logStreamName"] for one in logs.describe_log_streams(
        logGroupName="/aws/batch/job", logStreamNamePrefix="talking/")["logStreams"]] == [
            streams["a"], streams["c"]]
    with pytest.raises(logs.exceptions.ResourceNotFoundException):
        log_of(system, f"talking/default/{task}")


# ---- eksProperties

def member(name, script, **more):
    return {"name": name, "image": "native", "command": ["/bin/sh", "-c"], "args": [script],
            "resources": {"limits": {"cpu": "250m", "memory": "32Mi"}}, **more}


def submit_pod(system, name, pod, **more):
    answer = system.client().register_job_definition(
        jobDefinitionName=name, type="container", eksProperties={"podProperties": pod})
    return system.client().submit_job(jobName=name, jobQueue="default",
                                      jobDefinition=f"{name}:{answer['revision']}", **more)["jobId"]


def pod_codes(containers):
    return {one["name"]: one.get("exitCode") for one in containers}


def test_a_pod_of_kubernetes_runs_its_inits_and_then_its_containers(system):
    job = submit_pod(system, "eks", {
        "hostNetwork": True, "metadata": {"labels": {"team": "a"}},
        "initContainers": [member("first", "echo 1 > steps"), member("second", "echo 2 >> steps")],
        "containers": [member("a", "test \"$(cat steps)\" = \"$(printf '1\\n2')\" || exit 9; exit $CODE",
                              env=[{"name": "CODE", "value": "0"}]),
                       member("b", "exit 0")]},
        eksPropertiesOverride={"podProperties": {"metadata": {"labels": {"job": "b"}}, "containers": [
            {"name": "a", "env": [{"name": "CODE", "value": "4"}]},
            {"name": "b", "args": ["sleep 0.5; exit 0"]}]}})
    done = system.wait_state(job)
    assert done["status"] == "FAILED", done
    shown_pod = done["eksProperties"]["podProperties"]
    assert pod_codes(shown_pod["initContainers"]) == {"first": 0, "second": 0}
    assert pod_codes(shown_pod["containers"]) == {"a": 4, "b": 0}
    assert shown_pod["hostNetwork"] is True and shown_pod["metadata"]["labels"] == {
        "team": "a", "job": "b"}
    assert shown_pod["podName"] and shown_pod["nodeName"] in system.agents
    assert shown_pod["containers"][1]["args"] == ["sleep 0.5; exit 0"]
    assert shown_pod["containers"][1]["command"] == ["/bin/sh", "-c"]
    (attempt,) = done["eksAttempts"]
    assert pod_codes(attempt["containers"]) == {"a": 4, "b": 0}
    assert pod_codes(attempt["initContainers"]) == {"first": 0, "second": 0}
    assert attempt["statusReason"] and attempt["stoppedAt"] >= attempt["startedAt"]
    assert done["attempts"][0]["taskProperties"] == []


def test_an_init_container_that_fails_ends_its_pod(system):
    done = system.wait_state(submit_pod(system, "eks-bad", {
        "initContainers": [member("bad", "exit 3"), member("next", "true")],
        "containers": [member("a", "true")]}))
    assert done["status"] == "FAILED"
    (attempt,) = done["eksAttempts"]
    assert pod_codes(attempt["initContainers"]) == {"bad": 3, "next": None}
    assert attempt["containers"] == [{"name": "a", "reason": "NotStarted: container bad has ended"}]


def test_a_pod_outlives_its_agent_and_the_scheduler(cluster):
    cluster.start_agents(1)
    cluster.create_queue()
    gate = cluster.folder / "gate"
    job = submit(
        cluster, "durable",
        container("first", f"while [ ! -e {gate} ]; do sleep 0.05; done; exit 2", essential=False),
        container("then", "exit 7", dependsOn=after("first", "COMPLETE")))
    cluster.wait_state(job, ("RUNNING",))
    cluster.kill_agent("agent-1")
    cluster.kill_scheduler()
    gate.touch()
    cluster.start_scheduler("--lease", "60", "--renew-every", "200", "--silent-after", "2")
    cluster.start_agent("agent-1")
    done = cluster.wait_state(job)
    assert codes(done) == {"first": 2, "then": 7} and len(done["attempts"]) == 1
    cluster.kill_scheduler()
    cluster.start_scheduler("--lease", "60", "--renew-every", "200", "--silent-after", "2")
    assert codes(cluster.describe(job)) == {"first": 2, "then": 7}


def test_who_takes_more_memory_than_the_pod_has_is_killed_and_named(system):
    eater = container("eater", "")
    eater["command"] = ["/usr/bin/tail", "/dev/zero"]
    done = system.wait_state(submit(system, "hungry", eater, container("calm", "sleep 60")))
    assert done["status"] == "FAILED" and codes(done) == {"eater": 137, "calm": 143}, done
    assert shown(done)["eater"]["reason"] == "OutOfMemoryError: Container killed due to memory usage"
    assert "reason" not in shown(done)["calm"]
