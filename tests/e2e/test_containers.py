"""Jobs in real containers: an image made here, no registry. Skips loudly where no engine runs."""
import json
import os
import subprocess
import tarfile
import urllib.request

import pytest
from cluster import BUILD, ROOT, Cluster, wait_for
from conftest import FAILED, finish
from signing import signed

IMAGE = "localhost/dray-e2e:1"
APPLETS = ("sh", "sleep", "echo", "cat", "true", "id", "ls", "env", "pwd", "head", "tr", "touch")


def podman(*words):
    return subprocess.run(["podman", *words], capture_output=True, text=True, timeout=120,
                          check=False)


def is_chroot():
    with open("/proc/self/mountinfo", encoding="ascii", errors="replace") as mounts:
        return all(line.split()[4] != "/" for line in mounts)


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    root = tmp_path_factory.mktemp("image")
    with tarfile.open(root / "image.tar", "w") as tar:
        tar.add("/usr/bin/busybox", "bin/busybox")
        for name in APPLETS:
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            tar.addfile(link)
        folder = tarfile.TarInfo("tmp")
        folder.type, folder.mode = tarfile.DIRTYPE, 0o1777
        tar.addfile(folder)
    made = podman("import", "--change", "ENV FROM_IMAGE=yes", str(root / "image.tar"), IMAGE)
    if made.returncode != 0 and is_chroot():
        pytest.skip("NOT TESTED: podman unpacks no image where / is not a mount, as in a chroot")
    assert made.returncode == 0, made.stderr
    return IMAGE


@pytest.fixture(scope="module")
def containers(request, image):
    """A scheduler and one agent whose jobs may mount below the cluster's folder `shared`."""
    cluster = Cluster()
    try:
        cluster.start_scheduler()
        shared = cluster.folder / "shared"
        shared.mkdir()
        shared.chmod(0o777)
        cluster.start_agent("agent-1", "--vcpus", 4, "--memory", 4096, "--containers", "auto",
                            "--volume-path", shared)
        said = (cluster.folder / "agent-1.log").read_text()
        if "Containers: none" in said:
            pytest.skip([line for line in said.splitlines() if "Containers:" in line][0])
        cluster.create_queue()
        yield cluster
    finally:
        finish(cluster, request.session.stash.get(FAILED, False))


def submit(cluster, command, name="boxed", memory=64, size=None, image=IMAGE, more=None, **rest):
    batch = cluster.client()
    answer = batch.register_job_definition(
        jobDefinitionName=name, type="container", containerProperties={
            "image": image, "command": command, **(more or {}),
            "resourceRequirements": [{"type": "VCPU", "value": "1"},
                                     {"type": "MEMORY", "value": str(memory)}]})
    if size:
        rest["arrayProperties"] = {"size": size}
    return batch.submit_job(jobName=name, jobQueue="default", **rest,
                            jobDefinition=f"{name}:{answer['revision']}")["jobId"]


def sh(script):
    return ["/bin/sh", "-c", script]


def left(cluster):
    """Containers of this cluster's agent, and files that its engine wrote."""
    names = podman("ps", "--all", "--format={{.Names}}",
                   f"--filter=label=dray.folder={cluster.folder}/agent-1").stdout.split()
    marks = [name for name in os.listdir(cluster.folder / "agent-1" / "scratch")
             if name.endswith((".cid", ".pid", ".volumes"))]  # Untouched scratch folders wait for another job.
    return names + marks


def measured(cluster, job):
    """What Dray tells beyond AWS, which boto3 drops."""
    body = json.dumps({"jobs": [job]}).encode()
    request = urllib.request.Request(f"{cluster.url}/v1/describejobs",
                                     body, signed(cluster.access, "POST", cluster.http,
                                                  "/v1/describejobs", body, "application/json"))
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())["jobs"][0]["dray"]["attempts"][0]


def nothing_left(cluster):
    wait_for("nothing is left", lambda: not left(cluster), 20)


def test_a_container_sees_its_image_and_what_batch_sets(containers):
    job = submit(containers, sh("cat /proc/1/comm; echo $FROM_IMAGE $AWS_BATCH_JOB_ATTEMPT $A; "
                                "id -u; touch $TMPDIR/x && echo $TMPDIR; ls /; echo bad >&2"),
                 more={"environment": [{"name": "A", "value": "b c"}]})
    done = containers.wait_state(job)
    assert done["status"] == "SUCCEEDED", (done, containers.log_of(job))
    lines = containers.log_of(job)
    assert lines[:4] == ["sh", "yes 1 b c", "65534", "/scratch"], lines
    assert "root" not in lines and "bad" in lines
    used = measured(containers, job)
    assert used["outcome"] == "SUCCEEDED" and used["memoryPeakKiB"] > 0, used
    nothing_left(containers)


def test_its_exit_code_is_the_jobs_also_the_engines_own(containers):
    for code in (7, 125, 127):
        done = containers.wait_state(submit(containers, sh(f"exit {code}")))
        assert (done["status"], done["container"]["exitCode"]) == ("FAILED", code)
        assert done["statusReason"] == "Essential container in task exited"


def test_an_array_runs_in_containers(containers):
    job = submit(containers, sh("exit $AWS_BATCH_JOB_ARRAY_INDEX"), size=4)
    done = containers.wait_state(job, seconds=120)
    summary = done["arrayProperties"]["statusSummary"]
    assert (summary["SUCCEEDED"], summary["FAILED"]) == (1, 3)
    nothing_left(containers)


def test_a_program_that_is_not_there_cannot_start(containers):
    done = containers.wait_state(submit(containers, ["/no/such"]))
    assert done["statusReason"] == "Task failed to start"
    assert done["container"]["reason"].startswith("CannotStartContainerError: ")
    assert "/no/such" in done["container"]["reason"]
    assert "exitCode" not in done["container"]


def test_an_image_that_is_not_there_cannot_be_pulled(containers):
    done = containers.wait_state(submit(containers, ["true"], image="localhost:1/nothing:1"),
                                 seconds=120)
    assert done["statusReason"] == "Task failed to start"
    assert done["container"]["reason"].startswith("CannotPullContainerError: ")
    assert len(done["container"]["reason"].encode()) <= 255


def test_too_much_memory_has_its_own_reason(containers):
    eat = "x=$(head -c 200000000 /dev/zero | tr '\\0' x); echo survived"
    done = containers.wait_state(submit(containers, sh(eat), memory=32))
    assert done["container"]["reason"] == "OutOfMemoryError: Container killed due to memory usage"
    nothing_left(containers)


def test_terminate_reaches_the_first_process(containers):
    job = submit(containers, sh("trap 'echo goodbye; exit 9' TERM; echo begun; "
                                "while :; do sleep 0.1; done"))
    wait_for("its trap is set", lambda: containers.describe(job)["status"] == "RUNNING"
             and "begun" in containers.log_of(job))
    containers.client().terminate_job(jobId=job, reason="enough")
    done = containers.wait_state(job)
    assert (done["statusReason"], done["container"]["exitCode"]) == ("enough", 9)
    assert containers.log_of(job) == ["begun", "goodbye"]
    nothing_left(containers)


def test_one_that_does_not_listen_is_killed_after_its_time(containers):
    job = submit(containers, sh("trap '' TERM; while :; do sleep 0.1; done"),
                 timeout={"attemptDurationSeconds": 60})
    done = containers.wait_state(job, seconds=150)
    assert done["statusReason"] == "Job attempt duration exceeded timeout"
    nothing_left(containers)


def test_volumes_are_mounted_below_listed_paths_only(containers):
    shared = containers.folder / "shared"

    def mounting(path, command, read_only=False):
        return containers.wait_state(submit(containers, sh(command), more={
            "volumes": [{"name": "v", "host": {"sourcePath": str(path)}}],
            "mountPoints": [{"sourceVolume": "v", "containerPath": "/v",
                             "readOnly": read_only}]}))
    assert mounting(shared, "echo x > /v/file")["status"] == "SUCCEEDED"
    assert (shared / "file").read_text() == "x\n"
    assert mounting(shared, "echo y > /v/file", read_only=True)["status"] == "FAILED"
    (shared / "link").symlink_to("/etc")
    for path in ("/", "/etc", f"{shared}/..", shared / "link"):
        done = mounting(path, "true")
        assert "--volume-path" in done["container"]["reason"], done


def test_privileged_is_refused(containers):
    done = containers.wait_state(submit(containers, ["true"], more={"privileged": True}))
    assert "privileged is not allowed" in done["container"]["reason"]


def test_limits_and_a_read_only_root(containers):
    job = submit(containers, sh("ulimit -n; touch /x || echo shut; touch /t/x && echo open"), more={
        "readonlyRootFilesystem": True,
        "ulimits": [{"name": "nofile", "softLimit": 77, "hardLimit": 88}],
        "linuxParameters": {"tmpfs": [{"containerPath": "/t", "size": 1,
                                       "mountOptions": ["mode=1777"]}]}})
    done = containers.wait_state(job)
    assert done["status"] == "SUCCEEDED", (done, containers.log_of(job))
    assert done["container"]["readonlyRootFilesystem"] is True
    lines = containers.log_of(job)
    assert (lines[0], "shut" in lines, "open" in lines) == ("77", True, True), lines


def test_containers_outlive_a_killed_agent_and_scheduler(containers):
    job = submit(containers, sh("echo half; sleep 4; echo whole"))
    wait_for("it began", lambda: containers.describe(job)["status"] == "RUNNING"
             and containers.log_of(job) == ["half"])
    containers.kill_agent("agent-1")
    containers.kill_scheduler()
    containers.start_scheduler()
    containers.start_agent("agent-1")
    assert containers.wait_state(job)["status"] == "SUCCEEDED"
    assert containers.log_of(job) == ["half", "whole"]
    nothing_left(containers)


def test_a_killed_supervisors_containers_are_removed_by_the_next(containers):
    job = submit(containers, ["sleep", "300"], name="orphan")
    wait_for("it runs", lambda: containers.describe(job)["status"] == "RUNNING"
             and any(name.startswith("dray-") for name in left(containers)))
    wait_for("its container runs", lambda: "sleep" in podman(
        "ps", "--format={{.Command}}",
        f"--filter=label=dray.folder={containers.folder}/agent-1").stdout)
    for pid in subprocess.run(["pgrep", "-f", f"^[^ ]*dray-supervisor.*{containers.folder}/agent-1"],
                              capture_output=True, text=True, check=True).stdout.split():
        os.kill(int(pid), 9)
    done = containers.wait_state(job, seconds=120)
    assert done["statusReason"].startswith("Host EC2")
    nothing_left(containers)


def machine_image(name):
    """An image with what a program of this machine needs of its libraries."""
    program = BUILD / "bin" / "package-features"
    said = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    files = {word for line in said.splitlines() for word in line.split() if word.startswith("/")}
    made = subprocess.Popen(["podman", "import", "-", name], stdin=subprocess.PIPE)
    with tarfile.open(fileobj=made.stdin, mode="w|", dereference=True) as tar:
        for file in sorted(files):
            tar.add(file, file.lstrip("/"))
    made.stdin.close()
    assert made.wait(120) == 0
    return name


def test_the_flagship_gives_the_same_bytes_in_containers(containers):
    index = containers.folder / "index"
    index.write_text("\n\n".join(
        f"Package: p{n}\nVersion: {n}\nSize: {n * 7}\nSection: s{n % 5}\n"
        f"Description: word{n % 11} word{n % 13} thing" for n in range(1, 400)) + "\n")

    def run(work, *more):
        done = subprocess.run(
            [ROOT / "examples/package-features/run", "--url", containers.url, "--shards", "4",
             "--work-dir", work, "--index", index, "--program", BUILD / "bin" / "package-features",
             "--timeout", "200", *more], capture_output=True, text=True, timeout=240, check=False,
            env={**os.environ, **containers.access})
        assert done.returncode == 0, done.stdout + done.stderr
        return {file.relative_to(work): file.read_bytes() for folder in ("reduced", "sets")
                for file in sorted((work / folder).iterdir())}
    native = run(containers.folder / "native")
    boxed = run(containers.folder / "shared" / "boxed", "--containers",
                machine_image("localhost/dray-e2e-features:1"))
    assert len(native) >= 7 and native == boxed


def sizes(memory=64):
    return [{"type": "VCPU", "value": "0.5"}, {"type": "MEMORY", "value": str(memory)}]


def submit_task(cluster, name, *given, volumes=(), **rest):
    batch = cluster.client()
    answer = batch.register_job_definition(
        jobDefinitionName=name, type="container", ecsProperties={"taskProperties": [
            {"containers": [{"image": IMAGE, "resourceRequirements": sizes(), **one} for one in given],
             "volumes": list(volumes)}]})
    return batch.submit_job(jobName=name, jobQueue="default", **rest,
                            jobDefinition=f"{name}:{answer['revision']}")["jobId"]


def task_containers(job):
    return {one["name"]: one for one in job["ecsProperties"]["taskProperties"][0]["containers"]}


def test_containers_and_processes_run_as_one_pod(containers):
    """Images and a native process, in order, with a volume that only they share."""
    mounts = [{"sourceVolume": "ours", "containerPath": "/ours"}]
    job = submit_task(
        containers, "mixed",
        {"name": "main", "command": sh("until [ -e /ours/side ]; do sleep 0.05; done; cat /ours/made; cat $TMPDIR/native; exit 3"),
         "mountPoints": mounts,
         "dependsOn": [{"containerName": "make", "condition": "SUCCESS"},
                       {"containerName": "native", "condition": "COMPLETE"}]},
        {"name": "make", "command": sh("echo made > /ours/made"), "essential": False, "mountPoints": mounts},
        {"name": "native", "image": "native", "command": sh("echo native > native"), "essential": False},
        {"name": "side", "command": sh("trap 'exit 0' TERM; touch /ours/side; while :; do sleep 0.1; done"),
         "essential": False, "mountPoints": mounts}, volumes=[{"name": "ours"}])
    done = containers.wait_state(job)
    ran = task_containers(done)
    assert {name: one.get("exitCode") for name, one in ran.items()} == {
        "main": 3, "make": 0, "native": 0, "side": 0}, done
    assert done["status"] == "FAILED"

    def said():
        answer = containers.client("logs").get_log_events(
            logGroupName="/aws/batch/job", logStreamName=ran["main"]["logStreamName"], startFromHead=True)
        return [event["message"] for event in answer["events"]]
    wait_for("the log is here", lambda: len(said()) >= 2)
    assert said() == ["made", "native"]
    nothing_left(containers)


def test_a_container_of_a_pod_that_does_not_listen_is_killed(containers):
    mounts = [{"sourceVolume": "ours", "containerPath": "/ours"}]
    job = submit_task(
        containers, "deaf-task",
        {"name": "main", "command": sh("until [ -e /ours/deaf ]; do sleep 0.05; done"), "mountPoints": mounts},
        {"name": "deaf", "command": sh("trap '' TERM; touch /ours/deaf; while :; do sleep 0.1; done"),
         "essential": False, "stopTimeout": 2, "mountPoints": mounts}, volumes=[{"name": "ours"}])
    done = containers.wait_state(job)
    assert done["status"] == "SUCCEEDED", done
    assert task_containers(done)["deaf"]["exitCode"] == 137
    nothing_left(containers)


def test_a_pod_whose_image_is_not_there_says_so(containers):
    job = submit_task(
        containers, "no-image",
        {"name": "main", "command": sh("sleep 30")},
        {"name": "other", "image": "localhost/dray-none:1", "command": ["true"]})
    done = containers.wait_state(job)
    assert done["status"] == "FAILED" and done["statusReason"] == "Task failed to start", done
    assert task_containers(done)["other"]["reason"].startswith("CannotPullContainerError: ")
    nothing_left(containers)


def test_terminate_removes_all_containers_of_a_pod(containers):
    loop = sh("trap '' TERM; while :; do sleep 0.1; done")
    job = submit_task(containers, "stuck", {"name": "a", "command": loop, "stopTimeout": 2},
                      {"name": "b", "command": loop, "stopTimeout": 2, "essential": False})
    wait_for("both run", lambda: len([x for x in left(containers) if x.startswith("dray-")]) == 2)
    containers.client().terminate_job(jobId=job, reason="enough")
    done = containers.wait_state(job)
    assert done["statusReason"] == "enough"
    nothing_left(containers)


def test_a_pod_of_kubernetes_replaces_entry_points(containers):
    limits = {"limits": {"cpu": "500m", "memory": "64Mi"}}
    answer = containers.client().register_job_definition(
        jobDefinitionName="eks-boxed", type="container", eksProperties={"podProperties": {
            "initContainers": [{"name": "i", "image": IMAGE, "command": ["/bin/echo"], "args": ["init"],
                                "resources": limits}],
            "containers": [{"name": "c", "image": IMAGE, "command": ["/bin/sh"],
                            "args": ["-c", "exit 6"], "resources": limits}]}})
    job = containers.client().submit_job(jobName="eks-boxed", jobQueue="default",
                                         jobDefinition=answer["jobDefinitionArn"])["jobId"]
    done = containers.wait_state(job)
    (attempt,) = done["eksAttempts"]
    assert [one["exitCode"] for one in attempt["initContainers"] + attempt["containers"]] == [0, 6]
