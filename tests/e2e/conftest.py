"""Fixtures: a cluster for one test, or one for a whole file."""
import pytest

from cluster import Cluster
from workflow import create_pool


def finish(cluster, failed):
    kept = cluster.clean_up(keep=failed)
    if kept:
        print(f"\nlogs are kept in {kept}")
        for log in sorted(kept.glob("*.log")):
            print(f"---- {log.name}\n{log.read_text(errors='replace')[-3000:]}")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if outcome.get_result().failed:
        item.session.stash[FAILED] = True
        item.stash[FAILED] = True


FAILED = pytest.StashKey()


@pytest.fixture
def cluster(request):
    """A scheduler and a place for agents, for one test."""
    cluster = Cluster()
    try:
        cluster.start_scheduler("--lease", "60", "--renew-every", "200", "--silent-after", "2")
        yield cluster
    finally:
        finish(cluster, request.node.stash.get(FAILED, False))


@pytest.fixture(scope="module")
def system(request):
    """A scheduler, two agents and the queue `default`, for all tests of a file."""
    cluster = Cluster()
    try:
        cluster.start_scheduler()
        cluster.start_agents(2)
        cluster.create_queue()
        yield cluster
    finally:
        finish(cluster, request.session.stash.get(FAILED, False))


@pytest.fixture(scope="module")
def bare_system(request):
    """A scheduler alone, for all tests of a file: agents, environments and queues are theirs."""
    cluster = Cluster()
    try:
        cluster.start_scheduler()
        yield cluster
    finally:
        finish(cluster, request.session.stash.get(FAILED, False))


@pytest.fixture(scope="module")
def batch_pool(bare_system):
    """The environment `test-ce`, with one agent of 4 vCPUs, and its queue `test-queue`."""
    create_pool(bare_system)
    return bare_system
