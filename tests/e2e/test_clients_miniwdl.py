"""miniwdl with miniwdl-aws: docs/clients/miniwdl.md."""
import json

from workflow import Guide, all_jobs

GUIDE = Guide("miniwdl")


def test_a_scatter_becomes_jobs(batch_pool):
    tool = GUIDE.tool(batch_pool)
    done = GUIDE.follow(tool)
    lines = json.loads(done.stdout)["outputs"]["greetings.lines"]
    jobs = [job["jobId"] for job in all_jobs(batch_pool, "SUCCEEDED")]
    assert [line.rsplit(" ", 1)[0] for line in lines] == ["hello a from", "hello b from"]
    assert sorted(line.rsplit(" ", 1)[1] for line in lines) == sorted(jobs)
    left = batch_pool.client().describe_job_definitions(status="ACTIVE")["jobDefinitions"]
    assert not left, "miniwdl deregisters what it registered"


def test_a_failed_task_tells_its_exit_status(batch_pool):
    tool = GUIDE.tool(batch_pool)
    lines = GUIDE.blocks["run"].replace("who=a who=b", "who=trouble --error-json")
    done = tool.run("/bin/bash", "-c", lines.replace("/run", "/bad"), check=False)
    assert done.returncode != 0
    assert json.loads(done.stdout)["cause"]["exit_status"] == 7, done.stdout
