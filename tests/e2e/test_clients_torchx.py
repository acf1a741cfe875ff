"""TorchX's aws_batch scheduler: docs/clients/torchx.md."""
import re

import pytest
from cluster import wait_for
from workflow import Guide, all_jobs

GUIDE = Guide("torchx")


@pytest.fixture(scope="module")
def torchx(batch_pool):
    return GUIDE.tool(batch_pool)


def test_an_app_is_a_multi_node_job(torchx):
    done = GUIDE.follow(torchx)
    app = re.search(r"aws_batch://\S+", done.stdout)[0]
    (job,) = all_jobs(torchx.cluster, "SUCCEEDED")
    assert job["nodeProperties"]["numNodes"] == 2
    assert "SUCCEEDED" in torchx.run("torchx", "status", app).stdout
    # The other node may be stopped before it says a word: the main node does not wait for it.
    assert "node 0 of 2" in torchx.run("torchx", "log", f"{app}/worker/0").stdout
    assert app in torchx.run("torchx", "list", "-s", "aws_batch").stdout


def test_a_cancelled_app_ends(torchx):
    started = torchx.run("torchx", "run", "--workspace", "", "--scheduler", "aws_batch", "--scheduler_args",
                         "queue=test-queue", "utils.sh", "--image", "native", "sleep", "60")
    app = re.search(r"aws_batch://\S+", started.stdout)[0]
    torchx.run("torchx", "cancel", app)
    wait_for("it ended", lambda: all_jobs(torchx.cluster, "FAILED"))
    (job,) = all_jobs(torchx.cluster, "FAILED")
    assert job["isTerminated"]
    assert "FAILED" in torchx.run("torchx", "status", app, check=False).stdout
