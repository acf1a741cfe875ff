"""The link's port among people who mean no good: crowds that say nothing, half of something, or
nonsense. A real agent still gets in and a job still runs."""
import random
import resource
import socket
import struct

import pytest
from cluster import Cluster, wait_for

HELLO = 1


@pytest.fixture
def frugal(request):
    """A scheduler that was started with few file descriptors, as most shells give."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    cluster = Cluster()
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
        cluster.start_scheduler("--silent-after", "2", "--renew-every", "200")
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        yield cluster
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        cluster.clean_up(keep=False)


def call(cluster, what=b""):
    host, port = cluster.link.split(":")
    peer = socket.create_connection((host, int(port)), timeout=20)
    if what:
        peer.sendall(what)
    return peer


def frame(kind, payload, length=None):
    return struct.pack("<IB", len(payload) if length is None else length, kind) + payload


def run_a_job(cluster):
    cluster.start_agent("honest", "--vcpus", 1, "--memory", 256)
    cluster.create_queue()
    job = cluster.submit(["/bin/echo", "still here"])
    assert cluster.wait_state(job)["status"] == "SUCCEEDED"
    wait_for("the log is here", lambda: cluster.log_of(job) == ["still here"])


def test_ten_thousand_that_hold_the_line_keep_nobody_out(frugal):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    crowd = []
    for number in range(min(10_000, hard - 500)):
        # The half of them has begun a hello that never ends.
        crowd.append(call(frugal, frame(HELLO, b"x", 1000) if number % 2 else b""))
    run_a_job(frugal)
    for peer in crowd:
        peer.close()


def test_nonsense_ends_its_own_connection_only(cluster):
    chance = random.Random(1)
    for number in range(600):
        kind = chance.choice([HELLO, HELLO, 2, 3, 16, 19, 32, 33, 34, 255])
        payload = chance.randbytes(chance.choice([0, 1, 5, 40, 400]))
        length = chance.choice([None, None, 0, len(payload) + 1, 0xffffffff, 8 * 1024 * 1024])
        peer = call(cluster, frame(kind, payload, length))
        try:
            # An honest beginning, and then nonsense in the middle.
            if number % 3 == 0:
                peer.sendall(frame(chance.choice([2, 3, 33]), chance.randbytes(100)))
        except OSError:
            pass  # It was closed already.
        peer.close()
    run_a_job(cluster)
    assert cluster.scheduler.process.poll() is None
