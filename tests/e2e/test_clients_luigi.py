"""Luigi's BatchTask: docs/clients/luigi.md."""
import pytest
from workflow import Guide, all_jobs, register

GUIDE = Guide("luigi")


@pytest.fixture(scope="module")
def luigi(batch_pool):
    register(batch_pool, "greet", ["/bin/sh", "-c", "echo hello $0; exit $1", "Ref::word", "Ref::code"],
             parameters={"word": "nobody", "code": "0"})
    tool = GUIDE.tool(batch_pool)
    tool.environment["PYTHONPATH"] += f":{tool.folder}"
    return tool


def test_a_task_becomes_a_job(luigi):
    done = GUIDE.follow(luigi)
    assert "This progress looks :)" in done.stderr, done.stderr
    (job,) = [job for job in all_jobs(luigi.cluster, "SUCCEEDED") if job["jobName"] == "from-luigi"]
    assert luigi.cluster.log_of(job["jobId"]) == ["hello luigi"]


def test_a_failed_task_shows_the_last_lines_of_its_job(luigi):
    done = GUIDE.follow(luigi, "fail", check=False)
    assert "This progress looks :(" in done.stderr
    assert "failed: hello trouble" in done.stderr, done.stderr
