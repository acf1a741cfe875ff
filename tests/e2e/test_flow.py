"""What Dray adds to AWS's dependencies, arrays and waiting jobs, through the API and the command line."""


def shell(text):
    return ["/bin/sh", "-c", text]


def test_a_job_runs_after_whatever_end_of_another(system):
    failed = system.submit(shell("sleep 1; exit 4"), name="fails")
    good = system.submit(["/bin/true"], name="good")
    after = [{"jobId": failed, "type": "AFTER_ANY"}, {"jobId": good, "type": "AFTER_ANY"}]
    report = system.submit(["/bin/echo", "reported"], name="report", dependsOn=after)
    done = system.wait_state(report)
    assert done["status"] == "SUCCEEDED"
    assert done["dependsOn"] == after
    assert done["startedAt"] >= system.describe(failed)["stoppedAt"]


def test_a_job_runs_only_after_a_failure(system):
    array = system.submit(shell("[ $AWS_BATCH_JOB_ARRAY_INDEX != 1 ]"), name="one-bad", size=3)
    repair = system.submit(["/bin/true"], name="repair",
                           dependsOn=[{"jobId": f"{array}:1", "type": "AFTER_NOT_OK"}])
    needless = system.submit(["/bin/true"], name="needless",
                             dependsOn=[{"jobId": f"{array}:2", "type": "AFTER_NOT_OK"}])
    assert system.wait_state(repair)["status"] == "SUCCEEDED"
    done = system.wait_state(needless)
    assert done["status"] == "FAILED"
    assert done["statusReason"].startswith("Dependent Job succeeded")
    assert done["attempts"] == []


def test_the_command_line_takes_the_new_dependencies(system):
    failed = system.submit(shell("exit 4"), name="fails")
    done = system.dray("submit", "--wait", "--depends-on", f"{failed}:AFTER_NOT_OK", "--", "/bin/true")
    assert done.returncode == 0, done.stderr
