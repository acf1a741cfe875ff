"""Multi-node parallel jobs: real nodes on several agents, through boto3."""
import signal
from pathlib import Path

from cluster import processes_of, wait_for

SIZES = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "64"}]

# Each node says who it is in a file of its own, then works as its number says.
NODE = """
echo "$AWS_BATCH_JOB_ID $AWS_BATCH_JOB_NODE_INDEX $AWS_BATCH_JOB_NUM_NODES $AWS_BATCH_JOB_MAIN_NODE_INDEX \
${AWS_BATCH_JOB_MAIN_NODE_PRIVATE_IPV4_ADDRESS:-none} ${AWS_BATCH_JOB_ARRAY_INDEX:-none} $ROLE" \
> $0/new-$AWS_BATCH_JOB_NODE_INDEX
mv $0/new-$AWS_BATCH_JOB_NODE_INDEX $0/node-$AWS_BATCH_JOB_NODE_INDEX.$AWS_BATCH_JOB_ATTEMPT
"""


def node(folder, script, **more):
    return {"image": "native", "command": ["/bin/sh", "-c", NODE + script, str(folder)],
            "resourceRequirements": SIZES, **more}


def register(cluster, name, nodes, main, ranges, **more):
    return cluster.client().register_job_definition(
        jobDefinitionName=name, type="multinode", nodeProperties={
            "numNodes": nodes, "mainNode": main, "nodeRangeProperties": [
                {"targetNodes": target, "container": container} for target, container in ranges]},
        **more)["jobDefinitionArn"]


def begin(cluster, agents=2, **sizes):
    cluster.start_agents(agents, **sizes)
    cluster.create_queue()
    folder = cluster.folder / "nodes"
    folder.mkdir()
    folder.chmod(0o777)
    return folder


def sleepers(cluster):
    """Jobs' processes that would sleep for long."""
    return [pid for pid in processes_of(cluster.folder)
            if Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"sleep\0")]


def said(folder):
    return {path.name: path.read_text().split() for path in folder.iterdir()
            if path.name.startswith("node-")}


def test_nodes_know_each_other_and_the_main_node_decides(cluster):
    folder = begin(cluster)
    batch = cluster.client()
    gate = folder / "gate"
    main = node(folder, f"until [ -e {gate} ]; do sleep 0.05; done; echo main; exit 0")
    other = node(folder, "exec sleep 1000", environment=[{"name": "ROLE", "value": "other"}])
    definition = register(cluster, "spread", 3, 0, [("0:", other), ("0:0", main)])
    job = batch.submit_job(jobName="spread", jobQueue="default", jobDefinition=definition)["jobId"]
    wait_for("all nodes said who they are", lambda: len(said(folder)) == 3)
    lines = said(folder)
    assert lines["node-0.1"] == [f"{job}#0", "0", "3", "0", "none", "none"]
    for index in (1, 2):
        assert lines[f"node-{index}.1"] == [f"{job}#{index}", str(index), "3", "0", "127.0.0.1",
                                            "none", "other"]
    shown = cluster.describe(job)
    assert shown["status"] == "RUNNING" and "container" not in shown
    assert shown["nodeProperties"]["numNodes"] == 3
    assert [one["targetNodes"] for one in shown["nodeProperties"]["nodeRangeProperties"]] == [
        "0:0", "1:2"]

    def listed():
        return batch.list_jobs(multiNodeJobId=job, jobStatus="RUNNING")["jobSummaryList"]
    wait_for("all are known to run", lambda: len(listed()) == 3)
    running = listed()
    assert [(one["jobId"], one["nodeProperties"]["isMainNode"]) for one in running] == [
        (f"{job}#0", True), (f"{job}#1", False), (f"{job}#2", False)]
    gate.touch()
    done = cluster.wait_state(job)
    assert done["status"] == "SUCCEEDED"
    assert done["attempts"][0]["container"]["exitCode"] == 0
    # Nothing of any node is left.
    assert not sleepers(cluster)
    (first,) = batch.describe_jobs(jobs=[f"{job}#1"])["jobs"]
    assert first["status"] == "FAILED" and first["nodeDetails"] == {"nodeIndex": 1,
                                                                    "isMainNode": False}
    assert first["container"]["environment"] == [{"name": "ROLE", "value": "other"}]
    assert cluster.log_of(f"{job}#0") == ["main"]


def test_a_failed_main_node_is_tried_again_with_all_nodes(cluster):
    folder = begin(cluster)
    work = "if [ $AWS_BATCH_JOB_NODE_INDEX = 1 ]; then [ $AWS_BATCH_JOB_ATTEMPT = 2 ]; else exec sleep 1000; fi"
    definition = register(cluster, "again", 2, 1, [("0:1", node(folder, work))],
                          retryStrategy={"attempts": 2})
    job = cluster.client().submit_job(jobName="again", jobQueue="default",
                                      jobDefinition=definition)["jobId"]
    done = cluster.wait_state(job)
    assert done["status"] == "SUCCEEDED"
    assert [one["container"]["exitCode"] for one in done["attempts"]] == [1, 0]
    assert {"node-1.1", "node-1.2"} <= set(said(folder))


def test_overrides_change_the_number_of_nodes_and_what_they_run(cluster):
    folder = begin(cluster)
    batch = cluster.client()
    definition = register(cluster, "wide", 2, 0, [("0:0", node(folder, f"until [ -e {folder}/node-3.1 ]; do sleep 0.05; done")),
                                                 ("1:", node(folder, "exec sleep 1000"))])
    job = batch.submit_job(
        jobName="wide", jobQueue="default", jobDefinition=definition, nodeOverrides={
            "numNodes": 4, "nodePropertyOverrides": [{
                "targetNodes": "2:", "containerOverrides": {
                    "environment": [{"name": "ROLE", "value": "late"}]}}]})["jobId"]
    assert cluster.wait_state(job)["status"] == "SUCCEEDED"
    assert said(folder)["node-3.1"][-1] == "late"
    fixed = register(cluster, "fixed", 2, 0, [("0:1", node(folder, "exit 0"))])
    refused = cluster.aws("batch", "submit-job", "--job-name", "x", "--job-queue", "default",
                          "--job-definition", fixed, "--node-overrides", "numNodes=3", check=False)
    assert "open at its end" in refused.stderr


def test_a_gang_survives_a_killed_scheduler_and_can_be_terminated(cluster):
    folder = begin(cluster, agents=3, vcpus=1)
    batch = cluster.client()
    definition = register(cluster, "long", 3, 0, [("0:2", node(folder, "exec sleep 1000"))])
    job = batch.submit_job(jobName="long", jobQueue="default", jobDefinition=definition)["jobId"]
    wait_for("all nodes run", lambda: len(said(folder)) == 3)
    cluster.kill_scheduler(signal.SIGKILL)
    cluster.start_scheduler()
    batch = cluster.client()
    wait_for("the nodes are known to run",
             lambda: len(batch.list_jobs(multiNodeJobId=job)["jobSummaryList"]) == 3)
    # Three more nodes have no room: not one of them starts.
    blocked = batch.submit_job(jobName="blocked", jobQueue="default", jobDefinition=definition)["jobId"]
    assert "room for its 3 nodes at once" in cluster.dray("explain", blocked).stdout
    assert cluster.describe(blocked)["status"] == "RUNNABLE"
    assert all(line[0].startswith(job) for line in said(folder).values())
    batch.cancel_job(jobId=blocked, reason="no room")
    assert cluster.wait_state(blocked)["statusReason"] == "no room"
    batch.terminate_job(jobId=job, reason="enough")
    done = cluster.wait_state(job)
    assert (done["status"], done["statusReason"]) == ("FAILED", "enough")
    assert not sleepers(cluster)


def test_a_node_is_no_child(cluster):
    """ARRAY#1 names nothing: neither is it described, nor does anything end by it."""
    folder = begin(cluster)
    batch = cluster.client()
    gate = folder / "gate"
    array = cluster.submit(["/bin/sh", "-c", f"until [ -e {gate} ]; do sleep 0.05; done"], size=2)
    wait_for("both run", lambda: len(batch.list_jobs(arrayJobId=array)["jobSummaryList"]) == 2)
    assert batch.describe_jobs(jobs=[f"{array}#1"])["jobs"] == []
    batch.terminate_job(jobId=f"{array}#1", reason="no")
    assert batch.terminate_jobs(jobs=[f"{array}#1"], reason="no")["errors"] == []
    gate.touch()
    assert cluster.wait_state(array)["status"] == "SUCCEEDED"
