"""What Dray adds to AWS's dependencies, arrays and waiting jobs, through the API and the command line."""
from cluster import Witness, wait_for


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


def submit_array(system, command, size, **more):
    """By the API itself: boto3 knows no members that AWS has not."""
    definition = system.register("limited", command, vcpus=0.25)
    return system.own("/v1/submitjob", jobName="limited", jobQueue="default", jobDefinition=definition,
                      arrayProperties={"size": size, **more})["jobId"]


def own_facts(system, job):
    """What Dray tells of a job beside AWS."""
    return system.own("/v1/describejobs", jobs=[job])["jobs"][0]["dray"]


def until(gate):
    """Work that waits for a file."""
    return shell(f"until [ -e {gate} ]; do sleep 0.05; done")


def most_at_once(witness):
    running = most = 0
    for line in witness.lines():
        running += 1 if line[3] == "start" else -1
        most = max(most, running)
    return most


def test_an_array_runs_no_more_children_at_once_than_it_may(system):
    witness = Witness(system.folder)
    array = submit_array(system, witness.command("sleep 0.3"), 8, maxRunning=2)
    assert own_facts(system, array)["maxRunning"] == 2
    assert system.wait_state(array)["status"] == "SUCCEEDED"
    witness.check_exactly_once(8)
    assert most_at_once(witness) == 2


def test_the_limit_of_an_array_can_be_changed(system):
    gate = system.folder / "limit-gate"
    array = submit_array(system, until(gate), 8, maxRunning=1)

    def running():
        return len(system.client().list_jobs(arrayJobId=array)["jobSummaryList"])
    wait_for("one runs", lambda: running() == 1)
    assert system.dray("limit", array, "--max-running", "0").returncode == 0
    wait_for("more of them run", lambda: running() >= 2)
    gate.touch()
    assert system.wait_state(array)["status"] == "SUCCEEDED"
    done = system.dray("limit", array, "--max-running", "3")
    assert done.returncode != 0 and "has not ended" in done.stderr


def test_an_array_stops_after_so_many_failures(system):
    array = submit_array(system, shell("exit 9"), 200, maxFailures=3, maxRunning=2)
    done = system.wait_state(array)
    assert done["status"] == "FAILED"
    assert done["statusReason"] == "Array stopped: 3 children failed (maxFailures)"
    causes = system.own(f"/dray/v1/jobs/{array}/children")["causes"]
    by_reason = {cause["statusReason"]: cause["count"] for cause in causes}
    ran = by_reason.pop("Essential container in task exited")
    assert 3 <= ran <= 5 and by_reason == {done["statusReason"]: 200 - ran}


def test_a_held_job_waits_for_its_release(system):
    gate = system.folder / "hold-gate"
    first = system.submit(until(gate), name="first")
    held = system.submit(["/bin/true"], name="held", dependsOn=[{"jobId": first}])
    assert system.dray("hold", held).returncode == 0
    gate.touch()
    system.wait_state(first)
    system.wait_state(held, ("RUNNABLE",))
    explained = system.own(f"/dray/v1/jobs/{held}/explain")
    assert explained["code"] == "HELD" and own_facts(system, held)["isHeld"]
    # What came later has run and ended: the held one would have, too.
    system.wait_state(system.submit(["/bin/true"], name="later"))
    assert system.describe(held)["status"] == "RUNNABLE"
    assert system.dray("release", held).returncode == 0
    assert system.wait_state(held)["status"] == "SUCCEEDED"


def test_a_job_is_submitted_held(system):
    held = system.dray("submit", "--hold", "--name", "later", "--", "/bin/true").stdout.strip()
    array = system.own("/v1/submitjob", jobName="later", jobQueue="default", held=True,
                       jobDefinition=system.register("later", ["/bin/true"], vcpus=0.25),
                       arrayProperties={"size": 3})["jobId"]
    for job in (held, array):
        assert own_facts(system, job)["isHeld"]
        assert system.own(f"/dray/v1/jobs/{job}/explain")["code"] == "HELD"
    # What came later has run and ended: the held ones would have, too.
    system.wait_state(system.submit(["/bin/true"], name="passes"))
    assert system.describe(held)["status"] == "RUNNABLE"
    assert system.describe(array)["arrayProperties"]["statusSummary"]["RUNNABLE"] == 3
    system.kill_scheduler()
    system.start_scheduler()
    assert system.describe(held)["status"] == "RUNNABLE"
    assert system.dray("release", held, array).returncode == 0
    assert system.wait_state(held)["status"] == "SUCCEEDED"
    assert system.wait_state(array)["status"] == "SUCCEEDED"


def test_children_are_held_and_released_one_by_one(system):
    gate = system.folder / "children-gate"
    array = submit_array(system, until(gate), 10, maxRunning=2)
    assert system.dray("hold", f"{array}:3,5-99").returncode == 0
    system.own(f"/dray/v1/jobs/{array}:4/hold", children="")
    assert own_facts(system, array)["heldChildren"] == "3-9"
    assert own_facts(system, f"{array}:4")["isHeld"] and "isHeld" not in own_facts(system, f"{array}:2")
    assert ["Held", "3-9"] in [line.split() for line in system.dray("show", array).stdout.splitlines()]
    gate.touch()
    for child in range(3):
        system.wait_state(f"{array}:{child}")
    explained = system.own(f"/dray/v1/jobs/{array}:7/explain")
    assert explained["code"] == "HELD", explained
    system.kill_scheduler()
    system.start_scheduler()
    assert own_facts(system, array)["heldChildren"] == "3-9"
    assert system.dray("release", f"{array}:8-9").returncode == 0
    for child in (8, 9):
        system.wait_state(f"{array}:{child}")
    counts = system.describe(array)["arrayProperties"]["statusSummary"]
    assert counts["SUCCEEDED"] == 5 and counts["RUNNABLE"] == 5, counts
    late = system.dray("hold", f"{array}:8")
    assert late.returncode != 0 and "no child of these" in late.stderr
    lines = system.own(f"/dray/v1/jobs/{array}/history")["history"]
    assert [line["reason"] for line in lines if "request" in line] == ["children 3,5-99", "children 8-9"]
    assert system.dray("release", array).returncode == 0
    assert system.wait_state(array)["status"] == "SUCCEEDED"


def test_the_priority_of_a_waiting_job_can_be_changed(system):
    client = system.client()
    policy = client.create_scheduling_policy(name="first", fairsharePolicy={"shareDecaySeconds": 600})
    client.create_job_queue(jobQueueName="ordered", priority=1, schedulingPolicyArn=policy["arn"],
                            computeEnvironmentOrder=[{"order": 1, "computeEnvironment": "default"}])
    common = {"queue": "ordered", "shareIdentifier": "one", "schedulingPriorityOverride": 5}
    jobs = [system.submit(["/bin/true"], name=f"p{number}", vcpus=1000, **common) for number in range(3)]

    def front():
        snapshot = client.get_job_queue_snapshot(jobQueue="ordered")
        return [job["jobArn"].rsplit("/", 1)[1] for job in snapshot["frontOfQueue"]["jobs"]]
    wait_for("all wait", lambda: front() == jobs)
    done = system.dray("priority", "6", jobs[2])
    assert done.returncode == 0 and "has priority 6" in done.stderr, done
    system.put(f"/dray/v1/jobs/{jobs[0]}/priority", {"priority": 4})
    assert front() == [jobs[2], jobs[1], jobs[0]]
    shown = system.own("/v1/describejobs", jobs=[jobs[2]])["jobs"][0]
    assert shown["dray"]["priority"] == 6 and shown["schedulingPriority"] == 5
    assert ["Priority", "6"] in [line.split() for line in system.dray("show", jobs[2]).stdout.splitlines()]
    lines = system.own(f"/dray/v1/jobs/{jobs[2]}/history")["history"]
    assert [line["reason"] for line in lines if line.get("request") == "PRIORITY"] == ["from 5 to 6"]
    assert "priority asked for" in system.dray("history", jobs[2]).stdout
    system.kill_scheduler()
    system.start_scheduler()
    wait_for("it goes first again", lambda: front()[:1] == [jobs[2]])
    assert system.dray("priority", "10000", jobs[1]).returncode == 2
    for job in jobs:
        client.terminate_job(jobId=job, reason="seen")
        system.wait_state(job)
    late = system.dray("priority", "1", jobs[1])
    assert late.returncode != 0 and "has not ended" in late.stderr


def test_only_the_failed_children_are_run_again(system):
    good = system.folder / "good"
    # Child 2 fails until the file is there.
    array = system.submit(shell(f"[ $AWS_BATCH_JOB_ARRAY_INDEX != 2 ] || [ -e {good} ]"),
                          name="again", size=4, vcpus=0.25)
    assert system.wait_state(array)["status"] == "FAILED"
    assert system.describe(f"{array}:2")["status"] == "FAILED"
    good.touch()
    done = system.dray("rerun", array)
    assert done.returncode == 0 and "1 child" in done.stderr, done
    done = system.wait_state(array)
    assert done["status"] == "SUCCEEDED"
    assert done["arrayProperties"]["statusSummary"]["SUCCEEDED"] == 4
    assert [len(system.describe(f"{array}:{child}")["attempts"]) for child in range(4)] == [1, 1, 2, 1]
    again = system.dray("rerun", array)
    assert again.returncode != 0 and "None of these children has failed" in again.stderr


def test_a_rerun_takes_ranges_and_survives_a_restart(system):
    gate = system.folder / "rerun-gate"
    again = f"[ $AWS_BATCH_JOB_ATTEMPT = 1 ] || until [ -e {gate} ]; do sleep 0.05; done; exit 3"
    array = system.submit(shell(again), name="all-bad", size=12, vcpus=0.25)
    system.wait_state(array)
    before = system.client().describe_jobs(jobs=[array])["jobs"][0]
    assert before["statusReason"] == "Array Child Job failed"
    assert system.own(f"/dray/v1/jobs/{array}/rerun", children="3,7-9,11-99") == {"children": 5}
    system.kill_scheduler()
    system.start_scheduler()
    gate.touch()
    assert system.wait_state(array)["status"] == "FAILED"
    tried = [len(system.describe(f"{array}:{child}")["attempts"]) for child in range(12)]
    assert tried == [1, 1, 1, 2, 1, 1, 1, 2, 2, 2, 1, 2]
    queue = [one for one in system.own("/dray/v1/queues")["queues"] if one["name"] == "default"][0]
    ended = system.own("/dray/v1/jobs?queue=default&state=FAILED&limit=1000")["jobs"]
    assert queue["counts"]["FAILED"] == sum(
        job["array"]["counts"]["FAILED"] if "array" in job else 1 for job in ended)


def test_a_queue_lets_so_many_jobs_of_one_name_run_at_once(system):
    system.create_queue("narrow")
    system.put("/dray/v1/queues/narrow/concurrency", {"maxRunning": 3, "jobNames": {"x": 9}})
    done = system.dray("limit-queue", "narrow", "--max-running-of", "one=1", "--max-running-of", "x=0")
    assert done.returncode == 0, done.stderr
    shown = [one for one in system.own("/dray/v1/queues")["queues"] if one["name"] == "narrow"][0]
    assert shown["maxRunning"] == 3 and shown["jobNames"] == {"one": 1}
    witness = Witness(system.folder)
    witness.path.write_text("")
    gate = system.folder / "narrow-gate"
    jobs = [system.submit(witness.command(f"until [ -e {gate} ]; do sleep 0.05; done"), name="one",
                          queue="narrow", vcpus=0.25)
            for _ in range(4)]
    # Others do not stand behind those that may not run.
    other = system.submit(["/bin/true"], name="other", queue="narrow", vcpus=0.25)
    system.wait_state(other)
    assert sum(system.describe(job)["status"] == "RUNNABLE" for job in jobs) >= 3
    gate.touch()
    for job in jobs:
        assert system.wait_state(job)["status"] == "SUCCEEDED"
    assert most_at_once(witness) == 1


def test_failures_are_grouped_and_children_named_by_ranges(system):
    array = system.submit(shell("exit $((AWS_BATCH_JOB_ARRAY_INDEX % 4 == 1 ? 7 : 2))"), name="causes",
                          size=8, vcpus=0.25)
    system.wait_state(array)
    shown = system.dray("show", array)
    assert shown.returncode == 0, shown.stderr
    lines = [line.split() for line in shown.stdout.splitlines()]
    assert any(line[:1] == ["6"] and line[-1] == "0,2-4,6-7" for line in lines), shown.stdout
    assert any(line[:1] == ["2"] and line[-1] == "1,5" for line in lines), shown.stdout
    several = system.dray("show", "-o", "id", f"{array}:1,4-5")
    assert several.stdout.split() == [f"{array}:{child}" for child in (1, 4, 5)]
    listed = system.dray("jobs", "--array", f"{array}:0,6-9", "-o", "id")
    assert listed.stdout.split() == [f"{array}:{child}" for child in (0, 6, 7)]
    assert "3 children" in system.dray("rerun", f"{array}:5-7").stderr
    system.wait_state(array)


def create_pool(system, name, vcpus):
    """A queue with an environment and one agent of its own."""
    system.create_queue(name, name)
    system.start_agent(f"agent-{name}", "--environment", name, "--vcpus", vcpus, "--memory", 2048,
                       "--containers", "none")


def test_a_short_job_goes_past_a_large_one_that_waits(system):
    create_pool(system, "gaps", 4)
    gate = system.folder / "gaps-gate"
    limited = {"timeout": {"attemptDurationSeconds": 3600}}
    long = system.submit(until(gate), name="long", queue="gaps", vcpus=1, **limited)
    wait_for("the long one runs", lambda: system.describe(long)["status"] == "RUNNING")
    large = system.submit(["/bin/true"], name="large", queue="gaps", vcpus=4)
    unknown = system.submit(["/bin/true"], name="unknown", queue="gaps", vcpus=1)
    short = system.submit(["/bin/true"], name="short", queue="gaps", vcpus=1,
                          timeout={"attemptDurationSeconds": 600})
    assert system.wait_state(short)["status"] == "SUCCEEDED"
    assert system.describe(large)["status"] == "RUNNABLE"
    assert system.describe(unknown)["status"] == "RUNNABLE"
    explained = system.dray("explain", unknown)
    assert large in explained.stdout, explained.stdout
    gate.touch()
    for job in (large, unknown):
        assert system.wait_state(job)["status"] == "SUCCEEDED"


def test_a_strict_queue_starts_jobs_as_submitted(system):
    create_pool(system, "strict", 4)
    done = system.dray("order-queue", "strict", "fifo-strict")
    assert done.returncode == 0, done.stderr
    shown = [one for one in system.own("/dray/v1/queues")["queues"] if one["name"] == "strict"][0]
    assert shown["order"] == "fifo-strict"
    system.kill_scheduler()
    system.start_scheduler()
    gate = system.folder / "strict-gate"
    first = system.submit(until(gate), name="first", queue="strict", vcpus=2)
    wait_for("the first runs", lambda: system.describe(first)["status"] == "RUNNING")
    large = system.submit(["/bin/true"], name="large", queue="strict", vcpus=4)
    small = system.submit(["/bin/true"], name="small", queue="strict", vcpus=1,
                          timeout={"attemptDurationSeconds": 60})
    # Room for the small one there is: the queue alone holds it back.
    explained = system.own(f"/dray/v1/jobs/{small}/explain")
    assert explained["position"] == 2 or explained["code"] != "AGENTS_BUSY", explained
    gate.touch()
    ends = [system.wait_state(job) for job in (first, large, small)]
    assert all(job["status"] == "SUCCEEDED" for job in ends)
    assert ends[0]["stoppedAt"] <= ends[1]["startedAt"] <= ends[2]["startedAt"]
    assert system.dray("order-queue", "strict", "backwards").returncode == 2
