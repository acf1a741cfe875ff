"""kill -9 in the middle of an array. The witness file says what ran, not what the system believes."""
import signal

from cluster import Witness, wait_for

CHILDREN = 220


def begin(cluster, children=CHILDREN):
    """Two agents, an array under way, and its witness: (job, witness)."""
    cluster.start_agents(2, vcpus=4, memory=4096)
    cluster.create_queue()
    witness = Witness(cluster.folder)
    job = cluster.submit(witness.command("sleep 0.1"), name="witnessed", size=children, memory=16)
    wait_for("a quarter of the children began", lambda: witness.starts() > children // 4)
    return job, witness


def finish(cluster, job, witness, children=CHILDREN):
    done = cluster.wait_state(job, seconds=120)
    assert done["status"] == "SUCCEEDED", done
    witness.check_exactly_once(children)
    assert done["arrayProperties"]["statusSummary"]["SUCCEEDED"] == children


def test_an_array_survives_a_killed_scheduler(cluster):
    job, witness = begin(cluster)
    cluster.kill_scheduler()
    before = witness.starts()
    wait_for("what runs goes on without it",
             lambda: sum(line[3] == "end" for line in witness.lines()) >= before)
    cluster.start_scheduler("--lease", "60", "--renew-every", "200", "--silent-after", "2")
    finish(cluster, job, witness)


def test_an_array_survives_a_killed_agent(cluster):
    job, witness = begin(cluster)
    cluster.kill_agent("agent-1")
    before = witness.starts()
    wait_for("the other agent goes on", lambda: witness.starts() > before + 20)
    cluster.start_agent("agent-1")
    finish(cluster, job, witness)


def test_an_array_survives_everything_killed_at_once(cluster):
    job, witness = begin(cluster)
    cluster.kill_scheduler()
    cluster.kill_agent("agent-1")
    cluster.kill_agent("agent-2")
    cluster.start_scheduler("--lease", "60", "--renew-every", "200", "--silent-after", "2")
    cluster.start_agent("agent-2")
    cluster.start_agent("agent-1")
    finish(cluster, job, witness)


def test_a_long_job_is_taken_over_by_the_next_agent(cluster):
    cluster.start_agents(1)
    cluster.create_queue()
    witness = Witness(cluster.folder)
    job = cluster.submit(witness.command("echo half; sleep 4; echo whole"), name="long")
    wait_for("it began", witness.starts)
    cluster.kill_agent("agent-1")
    cluster.start_agent("agent-1")
    assert cluster.wait_state(job)["status"] == "SUCCEEDED"
    witness.check_exactly_once(1)
    assert cluster.log_of(job) == ["half", "whole"]


def test_what_ended_while_both_were_dead_is_told_later(cluster):
    cluster.start_agents(1)
    cluster.create_queue()
    witness = Witness(cluster.folder)
    job = cluster.submit(witness.command("sleep 1; exit 5"), name="unseen")
    wait_for("it began", witness.starts)
    cluster.kill_scheduler()
    cluster.kill_agent("agent-1")
    wait_for("it ended alone", lambda: not any("sleep" in c for c in commands_of(witness)), 20)
    cluster.start_scheduler()
    cluster.start_agent("agent-1")
    done = cluster.wait_state(job)
    assert (done["status"], done["container"]["exitCode"]) == ("FAILED", 5)
    assert witness.starts() == 1


def commands_of(witness):
    """Command lines of the processes that the witness names and that still live."""
    lines = []
    for _, _, pid, _ in witness.lines():
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                lines.append(file.read().replace(b"\0", b" ").decode())
        except OSError:
            pass
    return lines


def test_programs_end_cleanly_when_told_to(cluster):
    cluster.start_agents(1)
    assert cluster.kill_agent("agent-1", signal.SIGTERM) == 0
    assert cluster.kill_scheduler(signal.SIGTERM) == 0


def test_acknowledged_jobs_are_there_after_a_kill(cluster):
    cluster.create_queue()
    definition = cluster.register("kept", ["/bin/true"])
    jobs = [cluster.submit(None, definition=definition, name=f"kept-{number}")
            for number in range(50)]
    cluster.kill_scheduler()
    cluster.start_scheduler()
    found = cluster.client().describe_jobs(jobs=jobs)["jobs"]
    assert sorted(job["jobId"] for job in found) == sorted(jobs)
    assert {job["status"] for job in found} == {"RUNNABLE"}
