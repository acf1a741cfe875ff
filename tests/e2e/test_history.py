"""What a job's history tells, and how finished jobs leave: by real programs, through the API."""
import json
import re
import subprocess

import pytest
from cluster import BUILD, wait_for


def history(system, job):
    return json.loads(system.dray("history", job, "-o", "json").stdout)[0]["history"]


def shown(system, job):
    return json.loads(system.dray("show", job, "-o", "json").stdout)[0]


def test_every_state_and_every_word_is_told(system):
    # It takes its time to end, so that there is something left to say.
    job = system.submit(["/bin/sh", "-c", "trap 'sleep 2; exit 9' TERM; while :; do sleep 0.1; done"],
                        name="talked-about")
    system.wait_state(job, ("RUNNING",))
    batch = system.client()
    batch.cancel_job(jobId=job, reason="too late for that")
    batch.terminate_job(jobId=job, reason="first reason")
    batch.terminate_job(jobId=job, reason="second reason")
    done = system.wait_state(job)
    assert done["statusReason"] == "first reason"
    told = history(system, job)
    assert [e.get("status") or e["request"] for e in told] == \
        ["SUBMITTED", "RUNNABLE", "STARTING", "RUNNING", "CANCEL", "TERMINATE", "TERMINATE", "FAILED"]
    assert [e["at"] for e in told] == sorted(e["at"] for e in told)
    assert [e["reason"] for e in told if "request" in e] == \
        ["too late for that", "first reason", "second reason"]
    assert {e["by"] for e in told if "request" in e} == {"admin"}
    assert told[3]["attempt"] == 1 and told[3]["agent"] == "agent-1"
    assert told[-1]["outcome"] == "STOPPED"
    assert told[0]["at"] == done["createdAt"] and told[-1]["at"] == done["stoppedAt"]
    table = system.dray("history", job).stdout
    assert re.search(r"terminate asked for by admin .*second reason", table), table


def test_retries_and_dependencies_are_told(system):
    first = system.submit(["/bin/sh", "-c", "[ $AWS_BATCH_JOB_ATTEMPT = 2 ]"], name="second-time",
                          retryStrategy={"attempts": 2})
    second = system.submit(["/bin/true"], name="after", dependsOn=[{"jobId": first}])
    system.wait_state(second)
    states = [e["status"] for e in history(system, first)]
    assert states == ["SUBMITTED", "RUNNABLE", "STARTING", "RUNNING", "RUNNABLE", "STARTING",
                      "RUNNING", "SUCCEEDED"]
    told = history(system, second)
    assert [e["status"] for e in told] == \
        ["SUBMITTED", "PENDING", "RUNNABLE", "STARTING", "RUNNING", "SUCCEEDED"]
    assert told[2]["at"] == max(told[0]["at"], history(system, first)[-1]["at"])


def test_a_child_has_a_history_of_its_own(system):
    job = system.submit(["/bin/sh", "-c", "[ $AWS_BATCH_JOB_ARRAY_INDEX = 1 ]"], name="array",
                        size=2)
    system.wait_state(job)
    assert [e["status"] for e in history(system, f"{job}:0")][-1] == "FAILED"
    assert [e["status"] for e in history(system, f"{job}:1")][-1] == "SUCCEEDED"
    assert [e["status"] for e in history(system, job)] == ["SUBMITTED", "PENDING", "FAILED"]


def test_usage_is_measured_and_a_request_suggested(system):
    eat = "x=$(head -c 30000000 /dev/zero | tr '\\0' x); sleep 0.7"
    definition = system.register("greedy", ["/bin/sh", "-c", eat], memory=900)
    for job in [system.submit(None, definition=definition) for _ in range(3)]:
        assert system.wait_state(job)["status"] == "SUCCEEDED"
    told = json.loads(system.dray("usage", "greedy", "-o", "json").stdout)[0]
    assert told["jobs"] == told["attempts"] == 3
    assert told["requested"] == {"vcpus": 1, "memoryMiB": 900}
    assert 30 <= told["memoryMiB"]["median"] <= told["memoryMiB"]["max"] <= 900
    assert told["suggested"]["memoryMiB"] % 16 == 0
    assert told["memoryMiB"]["p95"] * 1.2 <= told["suggested"]["memoryMiB"] < 900
    assert told["suggested"]["vcpus"] <= 1
    assert "Of 3 attempts of the newest 3 jobs." in system.dray("usage", definition).stdout
    assert system.dray("usage", "nothing").returncode == 3


def test_finished_jobs_leave_with_their_logs(cluster):
    system = cluster
    system.kill_scheduler()
    system.start_scheduler("--keep-finished", "2s")
    system.start_agents(1)
    system.create_queue()
    assert "less than the 7 days" in system.scheduler.text()
    jobs = [system.submit(["/bin/sh", "-c", f"echo said by {n}"], name=f"job-{n}") for n in range(70)]
    array = system.submit(["/bin/echo", "child"], name="array", size=5)
    holds = system.submit(["/bin/sleep", "300"], name="holds")
    waits = system.submit(["/bin/true"], name="waits", dependsOn=[{"jobId": array}, {"jobId": holds}])
    batch = system.client()
    wait_for("the jobs to leave", lambda: not batch.describe_jobs(jobs=jobs[:69])["jobs"])
    logs = system.folder / "scheduler" / "logs"
    wait_for("their logs to leave", lambda: not (logs / f"{0:016x}.data").exists())
    # What a live job depends on stays, however old.
    assert system.describe(array)["status"] == "SUCCEEDED"
    assert system.describe(waits)["status"] == "PENDING"
    assert system.dray("history", f"{array}:3").returncode == 0
    gone = system.dray("history", jobs[0])
    assert gone.returncode == 3
    # A restart goes on with the same.
    system.kill_scheduler()
    system.start_scheduler("--keep-finished", "2s")
    assert system.describe(array)["status"] == "SUCCEEDED"
    batch = system.client()
    batch.terminate_job(jobId=holds, reason="enough")
    system.wait_state(waits)
    system.submit(["/bin/true"], name="newest")
    wait_for("the rest to leave", lambda: not batch.describe_jobs(jobs=[array, holds, waits])["jobs"])


@pytest.mark.parametrize("text", ["0s", "7", "-1d", "soon"])
def test_a_time_that_cannot_be_is_refused(text, tmp_path):
    done = subprocess.run([BUILD / "bin" / "dray-scheduler", "--data-dir", tmp_path,
                           f"--keep-finished={text}"], capture_output=True, text=True, timeout=60,
                          check=False)
    assert done.returncode == 2
    assert "--keep-finished wants" in done.stderr


def test_too_little_memory_grows_with_the_next_attempt(system):
    if "memory is not limited" in (system.folder / "agent-1.log").read_text():
        pytest.skip("this machine gives the agent no memory control group")
    eat = "x=$(head -c 60000000 /dev/zero | tr '\\0' x); echo survived"
    asked = ["submit", "--memory", "24", "--attempts", "5", "--memory-up-to", "400", "-q", "--"]
    job = system.dray(*asked, "/bin/sh", "-c", eat).stdout.strip()
    assert system.wait_state(job)["status"] == "SUCCEEDED"
    done = shown(system, job)  # boto3 leaves out what AWS does not have.
    assert done["retryStrategy"]["memoryGrowth"] == {"factor": 2, "ceilingMiB": 400}
    given = [it["memoryMiB"] for it in done["dray"]["attempts"]]
    assert given == [24 * 2 ** n for n in range(len(given))] and len(given) > 2
    assert {it["outcome"] for it in done["dray"]["attempts"][:-1]} == {"OUT_OF_MEMORY"}
    assert {"type": "MEMORY", "value": "24"} in done["container"]["resourceRequirements"]
    fails = system.dray(*asked, "/bin/sh", "-c", "exit 3").stdout.strip()
    system.wait_state(fails)
    assert [it["memoryMiB"] for it in shown(system, fails)["dray"]["attempts"]] == [24] * 5
