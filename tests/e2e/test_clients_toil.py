"""Toil's aws_batch batch system, with its job store on a shared folder: docs/clients/toil.md."""
from workflow import Guide, all_jobs

GUIDE = Guide("toil")


def test_a_workflow_runs_as_jobs(batch_pool):
    tool = GUIDE.tool(batch_pool)
    tool.give_to_jobs()
    done = GUIDE.follow(tool)
    jobs = {job["jobId"] for job in all_jobs(batch_pool, "SUCCEEDED")}
    answers = [word.strip("',[]") for word in done.stdout.split()]
    assert answers[0::2] == ["0", "1"] and set(answers[1::2]) <= jobs, (done.stdout, jobs)
