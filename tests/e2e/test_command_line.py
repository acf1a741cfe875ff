"""Our own command line against real programs."""
import json


def test_run_exits_with_the_code_of_the_job(system):
    assert system.dray("run", "--", "/bin/sh", "-c", "exit 0").returncode == 0
    assert system.dray("run", "--", "/bin/sh", "-c", "exit 3").returncode == 3


def test_run_shows_what_the_job_says(system):
    done = system.dray("run", "--", "/bin/echo", "hello from a job")
    assert done.returncode == 0, done.stderr
    assert "hello from a job" in done.stdout


def test_jobs_are_listed_as_json(system):
    job = system.submit(["/bin/true"], name="listed")
    system.wait_state(job)
    done = system.dray("jobs", "--all", "-o", "json")
    if done.returncode != 0:
        done = system.dray("jobs", "-o", "json")
    assert done.returncode == 0, done.stderr
    assert job in json.dumps(json.loads(done.stdout))


def test_agents_are_listed(system):
    done = system.dray("agents")
    assert done.returncode == 0, done.stderr
    assert "agent-1" in done.stdout and "agent-2" in done.stdout


def test_logs_shows_a_finished_job(system):
    job = system.submit(["/bin/echo", "said and done"], name="said")
    system.wait_state(job)
    done = system.dray("logs", job)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip().endswith("said and done")
