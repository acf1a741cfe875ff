"""redun's aws_batch executor, with its scratch folder on S3: docs/clients/redun.md."""
import pytest
from workflow import Guide, ObjectStore, all_jobs

GUIDE = Guide("redun")


@pytest.fixture(scope="module")
def redun(batch_pool):
    store = ObjectStore(batch_pool)
    try:
        tool = GUIDE.tool(batch_pool, AWS_ENDPOINT_URL_S3=store.url)
        tool.give_to_jobs()
        yield tool
    finally:
        store.program.end()


def test_tasks_become_jobs(redun):
    done = GUIDE.follow(redun)
    jobs = [job["jobId"] for job in all_jobs(redun.cluster, "SUCCEEDED")]
    assert len(jobs) == 2
    for job in jobs:
        assert job in done.stdout


def test_a_failed_task_shows_its_traceback(redun):
    done = redun.run("redun", "run", "workflow.py", "fail", check=False)
    assert done.returncode != 0
    assert "a reason of our own" in done.stdout + done.stderr, done.stdout
