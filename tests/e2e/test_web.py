"""The status page in a real browser: starts a system with all kinds of jobs, then node drives it."""
import browser
import pytest
from cluster import Cluster, wait_for
from conftest import FAILED, finish

MANY = 130
SHARD = ("case $AWS_BATCH_JOB_ARRAY_INDEX in 3) echo 'cannot read shard 3' >&2; exit 7;; "
         "5|9) exit 3;; *) echo shard $AWS_BATCH_JOB_ARRAY_INDEX;; esac")
COLOURS = (r"printf '\033[32mgreen\033[0m and \033[1;38;5;208morange\033[0m\n<img src=x onerror=alert(1)>\n'; "
           "i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done; "
           r"printf '\033[32mgreen\033[0m <img src=x onerror=alert(1)>\n'")


@pytest.fixture(scope="module")
def system(request):
    cluster = Cluster()
    try:
        cluster.start_scheduler(*browser.WEB_OPTIONS)
        cluster.start_agents(2)
        cluster.create_queue()
        yield cluster
    finally:
        finish(cluster, request.session.stash.get(FAILED, False))


@pytest.fixture(scope="module")
def gate(system):
    with browser.gate(system.folder) as url:
        yield f"{url}go"


def submit_all(system):
    jobs = {"many": MANY}
    definition = system.register("many", ["/bin/true"], memory=16)
    for number in range(MANY):
        system.submit(None, name=f"many-{number}", definition=definition)
    jobs["array"] = system.submit(["/bin/sh", "-c", SHARD], name="shards", size=40,
                                  retryStrategy={"attempts": 2})
    breaks = system.submit(["/bin/sh", "-c", "echo no such table; exit 4"], name="breaks")
    jobs["colours"] = system.submit(["/bin/sh", "-c", COLOURS], name="colours")
    for job in (jobs["array"], breaks, jobs["colours"]):
        system.wait_state(job)
    jobs["big"] = system.submit(["/bin/true"], name="too-big", vcpus=64)
    jobs["running"] = system.submit(["/bin/sleep", "600"], name="trains", vcpus=1)
    jobs["victim"] = system.submit(["/bin/sleep", "600"], name="victim", vcpus=1)
    system.wait_state(jobs["victim"], ("RUNNING",))
    jobs["gated"] = system.submit(
        ["/bin/sh", "-c", f"while [ ! -e {system.folder}/go ]; do sleep 0.1; done"], name="turns-green",
        size=12, memory=64)
    jobs["wide"] = system.submit(["/bin/true"], name="wide", size=10_000, vcpus=64)
    return jobs


def test_the_page_in_a_browser(system, gate):
    jobs = submit_all(system)
    wait_for("a gated child runs", lambda: system.client().list_jobs(
        arrayJobId=jobs["gated"], jobStatus="RUNNING")["jobSummaryList"])
    browser.drive(system, "page.test.js", jobs, DRAY_GATE=gate)
