"""The status page in a real browser: starts a system with all kinds of jobs, then node drives it."""
import http.server
import json
import os
import shutil
import subprocess
import threading

import pytest
from cluster import BUILD, ROOT, Cluster, wait_for
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
        folder = os.environ.get("DRAY_WEB_DIR")  # For who works on the page: from disk, not the binary.
        cluster.start_scheduler(*(["--web-dir", folder] if folder else []))
        cluster.start_agents(2)
        cluster.create_queue()
        yield cluster
    finally:
        finish(cluster, request.session.stash.get(FAILED, False))


@pytest.fixture(scope="module")
def gate(system):
    """An address whose visit lets the gated array go on."""
    class Opener(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            (system.folder / "go").touch()
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Opener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


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
    if not shutil.which(os.environ.get("CHROMIUM", "chromium")):
        pytest.fail("chromium is missing: ./run-tests installs it")
    pictures = BUILD / "screenshots"
    pictures.mkdir(exist_ok=True)
    jobs = submit_all(system)
    wait_for("a gated child runs", lambda: system.client().list_jobs(
        arrayJobId=jobs["gated"], jobStatus="RUNNING")["jobSummaryList"])
    done = subprocess.run(
        ["node", "--test", "--test-reporter=spec", str(ROOT / "web" / "e2e" / "page.test.js")],
        cwd=ROOT / "web", capture_output=True, text=True, timeout=600, check=False,
        env={**os.environ, **system.access, "DRAY_URL": system.url, "DRAY_JOBS": json.dumps(jobs),
             "DRAY_GATE": gate, "DRAY_PICTURES": str(pictures)})
    assert done.returncode == 0, done.stdout[-12000:] + done.stderr[-2000:]
