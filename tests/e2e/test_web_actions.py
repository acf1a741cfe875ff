"""What the status page does, not only shows: each button in a real browser, its effect at the scheduler."""
import browser
import pytest
from cluster import Cluster, wait_for
from conftest import FAILED, finish


@pytest.fixture(scope="module")
def system(request):
    cluster = Cluster()
    try:
        cluster.start_scheduler(*browser.WEB_OPTIONS)
        cluster.start_agent("agent-1", "--vcpus", 8, "--memory", 2048, "--containers", "none")
        cluster.create_queue()
        cluster.create_queue("narrow")
        create_fair_queues(cluster)
        yield cluster
    finally:
        finish(cluster, request.session.stash.get(FAILED, False))


def create_fair_queues(cluster):
    """Two, in an environment and with an agent of their own."""
    batch = cluster.client()
    policy = batch.create_scheduling_policy(name="fair", fairsharePolicy={
        "shareDecaySeconds": 600, "computeReservation": 5,
        "shareDistribution": [{"shareIdentifier": "light*", "weightFactor": 0.5}]})["arn"]
    batch.create_compute_environment(computeEnvironmentName="pool", type="UNMANAGED")
    for name in ("shared", "unshared"):
        batch.create_job_queue(jobQueueName=name, priority=1, schedulingPolicyArn=policy,
                               computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "pool"}])
    cluster.start_agent("agent-2", "--vcpus", 2, "--memory", 1024, "--containers", "none", "--environment", "pool")


def until(system, name):
    """A command that waits for a file that the browser's tests make."""
    return ["/bin/sh", "-c", f"while [ ! -e {system.folder}/{name} ]; do sleep 0.1; done"]


def shards(system):
    """Fails with 7 in two children and with 3 in one, until somebody repairs it."""
    return ["/bin/sh", "-c", f"[ -e {system.folder}/repaired ] && exit 0; case $AWS_BATCH_JOB_ARRAY_INDEX in "
            "3|5) exit 7;; 8) exit 3;; esac"]


def running(system, job):
    return len(system.client().list_jobs(arrayJobId=job, jobStatus="RUNNING")["jobSummaryList"])


def submit_all(system):
    jobs = {}
    jobs["first"] = system.submit(until(system, "first-done"), name="first", vcpus=0.25, memory=16)
    jobs["held"] = system.submit(["/bin/true"], name="held", vcpus=0.25, memory=16,
                                 dependsOn=[{"jobId": jobs["first"]}])
    jobs["gone"] = system.submit(["/bin/true"], name="gone", vcpus=64)
    jobs["waits"] = system.submit(["/bin/true"], name="waits", vcpus=64)
    jobs["stays"] = system.submit(["/bin/true"], name="stays", size=5, vcpus=64)
    jobs["limited"] = system.own("/v1/submitjob", jobName="limited", jobQueue="default",
                                 jobDefinition=system.register("limited", until(system, "limited-done"), 0.25, 16),
                                 arrayProperties={"size": 6, "maxRunning": 1})["jobId"]
    jobs["shards"] = system.submit(shards(system), name="shards", size=12, vcpus=0.25, memory=16)
    jobs["parts"] = system.submit(shards(system), name="parts", size=12, vcpus=0.25, memory=16)
    system.own("/dray/v1/queues/narrow/concurrency", maxRunning=1)
    naps = system.register("nap", until(system, "naps-done"), 0.25, 16)
    jobs["nap"] = system.submit(None, name="nap", queue="narrow", definition=naps, size=4)
    sleeps = system.register("sleeps", until(system, "shares-done"), 0.5, 64)
    for share, size in (("heavy", 8), ("lightA", 3)):
        jobs[share] = system.submit(None, name=share, queue="shared", definition=sleeps, size=size,
                                    shareIdentifier=share, schedulingPriorityOverride=1)
        if share == "heavy":
            wait_for("it has all room", lambda: running(system, jobs["heavy"]) == 3)
    for job in (jobs["shards"], jobs["parts"]):
        system.wait_state(job)
    for job in (jobs["limited"], jobs["nap"]):
        wait_for("one child runs", lambda job=job: running(system, job) == 1)
    return jobs


def test_buttons_of_the_page(system):
    viewer = system.own("/dray/v1/keys", user="vera", role="viewer", queues="*")
    with browser.gate(system.folder) as gate:
        browser.drive(system, "actions.test.js", submit_all(system), DRAY_GATE=gate,
                      DRAY_VIEWER_ID=viewer["accessKeyId"], DRAY_VIEWER_SECRET=viewer["secretAccessKey"])
