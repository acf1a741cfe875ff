"""How jobs end, told in AWS's words: exit codes, signals, memory, time, cancel, terminate, retries."""
import time

import pytest
from cluster import processes_of, wait_for


@pytest.fixture(scope="module", autouse=True)
def overdue(system):
    """A job that runs into its timeout, begun first because AWS's shortest is 60 s."""
    return system.submit(["/bin/sleep", "300"], name="overdue", vcpus=0.25,
                         timeout={"attemptDurationSeconds": 60})


def test_a_failing_job_tells_its_exit_code(system):
    done = system.wait_state(system.submit(["/bin/sh", "-c", "exit 7"], name="seven"))
    assert done["status"] == "FAILED"
    assert done["container"]["exitCode"] == 7
    assert done["statusReason"] == "Essential container in task exited"
    assert done["attempts"][0]["container"]["exitCode"] == 7


def test_a_killed_job_tells_the_signal(system):
    done = system.wait_state(system.submit(["/bin/sh", "-c", "kill -9 $$"], name="killed"))
    assert done["container"]["exitCode"] == 137
    assert not done["container"].get("reason", "").startswith("OutOfMemory")


def test_a_program_that_is_not_there_is_no_exit_code(system):
    done = system.wait_state(system.submit(["/no/such/program"], name="missing"))
    assert done["status"] == "FAILED"
    assert done["statusReason"] == "Task failed to start"
    assert done["container"]["reason"].startswith("CannotStartContainerError")
    assert "exitCode" not in done["container"]


def test_too_much_memory_has_its_own_reason(system):
    if "memory is not limited" in (system.folder / "agent-1.log").read_text():
        pytest.skip("this machine gives the agent no memory control group")
    eat = "x=$(head -c 200000000 /dev/zero | tr '\\0' x); echo survived"
    done = system.wait_state(system.submit(["/bin/sh", "-c", eat], name="hungry", memory=32))
    assert done["status"] == "FAILED"
    assert done["container"]["exitCode"] == 137
    assert done["container"]["reason"] == \
        "OutOfMemoryError: Container killed due to memory usage"


def test_a_retried_job_shows_every_attempt(system):
    job = system.submit(["/bin/sh", "-c", "echo try $AWS_BATCH_JOB_ATTEMPT; "
                         "[ $AWS_BATCH_JOB_ATTEMPT = 3 ]"], name="third-time",
                        retryStrategy={"attempts": 5})
    done = system.wait_state(job)
    assert done["status"] == "SUCCEEDED"
    assert [a["container"].get("exitCode") for a in done["attempts"]] == [1, 1, 0]
    assert system.log_of(job) == ["try 3"]


def test_a_failed_child_fails_its_array_at_the_end(system):
    job = system.submit(["/bin/sh", "-c", "[ $AWS_BATCH_JOB_ARRAY_INDEX != 2 ]"], name="one-bad",
                        size=4)
    done = system.wait_state(job)
    assert done["status"] == "FAILED"
    assert done["statusReason"] == "Array Child Job failed"
    summary = done["arrayProperties"]["statusSummary"]
    assert (summary["SUCCEEDED"], summary["FAILED"]) == (3, 1)


def test_a_failed_dependency_fails_who_waits_for_it(system):
    first = system.submit(["/bin/sh", "-c", "sleep 0.3; exit 1"], name="first")
    after = system.submit(["/bin/true"], name="after", dependsOn=[{"jobId": first}])
    done = system.wait_state(after)
    assert (done["status"], done["statusReason"]) == ("FAILED", "Dependent Job failed")
    assert done["attempts"] == []


def test_a_job_too_big_for_every_agent_can_be_cancelled(system):
    job = system.submit(["/bin/true"], name="too-big", vcpus=64)
    wait_for("it is RUNNABLE", lambda: system.describe(job)["status"] == "RUNNABLE")
    told = system.dray("explain", job)
    assert told.returncode == 0 and "vCPU" in told.stdout
    system.client().cancel_job(jobId=job, reason="no such machine")
    done = system.wait_state(job)
    assert (done["status"], done["statusReason"]) == ("FAILED", "no such machine")
    assert done["isCancelled"]


def test_cancel_leaves_a_running_job_alone(system):
    job = system.submit(["/bin/sleep", "2"], name="goes-on")
    system.wait_state(job, ("RUNNING",))
    system.client().cancel_job(jobId=job, reason="too late")
    assert system.wait_state(job)["status"] == "SUCCEEDED"


def test_a_terminated_job_may_say_goodbye(system):
    job = system.submit(["/bin/sh", "-c", "trap 'echo goodbye; exit 9' TERM; echo begun; "
                         "while :; do sleep 0.1; done"], name="polite")
    system.wait_state(job, ("RUNNING",))
    wait_for("its trap is set", lambda: "begun" in system.log_of(job))
    system.client().terminate_job(jobId=job, reason="enough")
    done = system.wait_state(job)
    assert (done["status"], done["statusReason"]) == ("FAILED", "enough")
    assert done["container"]["exitCode"] == 9
    assert done["isTerminated"]
    assert system.log_of(job) == ["begun", "goodbye"]


def test_a_terminated_job_leaves_no_process(system):
    marker = f"{system.folder}/stays"
    job = system.submit(["/bin/sh", "-c", f"setsid sh -c 'trap \"\" TERM; : {marker}; "
                         "while :; do sleep 1; done' & "
                         "exec sleep 300"], name="escapes")
    system.wait_state(job, ("RUNNING",))
    wait_for("the child has left its session", lambda: processes_of(marker))
    system.client().terminate_job(jobId=job, reason="enough")
    assert system.wait_state(job, seconds=60)["status"] == "FAILED"
    assert processes_of(marker) == []


def test_an_array_is_terminated_whole(system):
    job = system.submit(["/bin/sleep", "300"], name="whole", size=20)
    wait_for("a child runs", lambda: system.client().list_jobs(
        arrayJobId=job, jobStatus="RUNNING")["jobSummaryList"])
    system.client().terminate_job(jobId=job, reason="all of it")
    done = system.wait_state(job)
    assert done["status"] == "FAILED"
    assert done["arrayProperties"]["statusSummary"]["FAILED"] == 20


def test_timeout_has_its_own_reason(system, overdue):
    begun = time.monotonic()
    done = system.wait_state(overdue, seconds=120)
    assert done["status"] == "FAILED"
    assert done["statusReason"] == "Job attempt duration exceeded timeout"
    assert 60_000 <= done["stoppedAt"] - done["startedAt"] < 100_000, time.monotonic() - begun
