"""`dray up` and `dray down`: a working system for one person, with one command."""
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import pytest
from cluster import BUILD, processes_of, wait_for


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Place:
    """A folder and ports of its own for one system."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="dray-e2e-up-"))
        self.folder.chmod(0o755)
        self.http = f"127.0.0.1:{free_port()}"
        self.url = f"http://{self.http}"
        self.up_options = ["--data-dir", str(self.folder / "data"), "--http", self.http,
                           "--agents-port", str(free_port()), "--vcpus", "2", "--memory", "512"]

    def command(self, *words):
        return [str(BUILD / "bin" / "dray"), *words]

    def dray(self, *words, seconds=60):
        return subprocess.run(
            self.command(*words), capture_output=True, text=True, timeout=seconds, check=False,
            env={**os.environ, "HOME": str(self.folder), "DRAY_URL": self.url,
                 # As `dray up` says.
                 "AWS_SHARED_CREDENTIALS_FILE": f"{self.folder}/data/scheduler/credentials"})

    def up(self, *words):
        return self.dray("up", "--detach", *self.up_options, *words)

    def down(self, *words):
        return self.dray("down", "--data-dir", str(self.folder / "data"), *words)

    def wait_running(self, job):
        wait_for("the job runs", lambda: "RUNNING" in self.dray("show", job).stdout)


@pytest.fixture
def place():
    place = Place()
    yield place
    place.down()
    assert processes_of(place.folder) == []
    shutil.rmtree(place.folder, ignore_errors=True)


def test_one_command_gives_a_system_that_runs_jobs(place):
    done = place.up()
    assert done.returncode == 0, done.stderr
    assert place.url in done.stderr
    said = f"export AWS_SHARED_CREDENTIALS_FILE={place.folder}/data/scheduler/credentials\n"
    assert said in done.stderr
    assert place.dray("run", "--", "/bin/echo", "it works").stdout.strip().endswith("it works")
    version = json.loads(place.dray("version", "-o", "json").stdout)[0]
    assert version["scheduler"] == version["dray"] != "0", version


def test_up_again_is_harmless(place):
    assert place.up().returncode == 0
    before = sorted(processes_of(place.folder))
    again = place.up()
    assert sorted(processes_of(place.folder)) == before, again.stderr
    assert place.dray("run", "--", "/bin/true").returncode == 0


def test_down_ends_what_up_began_and_nothing_else(place):
    other = subprocess.Popen(["/bin/sleep", "300"], cwd="/")
    try:
        assert place.up().returncode == 0
        job = place.dray("submit", "-q", "--", "/bin/sleep", "300").stdout.strip()
        place.wait_running(job)
        done = place.down()
        assert done.returncode == 0, done.stderr
        assert processes_of(place.folder) == []
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()
    assert place.down().returncode == 0


def test_jobs_may_stay_while_the_programs_go(place):
    assert place.up().returncode == 0
    job = place.dray("submit", "-q", "--", "/bin/sh", "-c",
                     f"while [ ! -e {place.folder}/go ]; do sleep 0.05; done; exit 7"
                     ).stdout.strip()
    place.wait_running(job)
    assert place.down("--keep-jobs").returncode == 0
    assert place.up().returncode == 0
    (place.folder / "go").touch()
    assert place.dray("wait", job).returncode == 7


def test_in_the_foreground_ctrl_c_ends_it(place):
    up = subprocess.Popen(place.command("up", *place.up_options), stderr=subprocess.PIPE, text=True,
                          env={**os.environ, "HOME": str(place.folder)})
    lines = []
    wait_for("it is up", lambda: lines.append(up.stderr.readline()) or
             any("Ctrl-C" in line for line in lines))
    up.send_signal(signal.SIGINT)
    assert up.wait(60) in (0, 130)
    assert processes_of(place.folder) == []


def test_a_busy_port_is_told_in_a_sentence(place):
    with socket.socket() as other:
        host, port = place.http.split(":")
        other.bind((host, int(port)))
        other.listen()
        done = place.up()
        assert done.returncode == 1
        assert place.http in done.stderr and "in use" in done.stderr, done.stderr
        assert processes_of(place.folder) == []


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(place):
    (place.folder / "data").write_text("a file")
    done = place.up()
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert str(place.folder / "data") in done.stderr
    (place.folder / "data").unlink()


def without_rights(place):
    """`dray up` as root without root's rights, or as whoever runs this."""
    bare = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"] if os.geteuid() == 0 else []
    return subprocess.run(
        [*bare, *place.command("up", "--detach", *place.up_options)], capture_output=True,
        text=True, timeout=60, check=False, env={**os.environ, "HOME": str(place.folder)})


def test_a_folder_without_the_right_to_write_is_told_in_a_sentence(place):
    place.folder.chmod(0o555)
    done = without_rights(place)
    place.folder.chmod(0o755)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert str(place.folder / "data") in done.stderr and "Permission denied" in done.stderr
    assert not (place.folder / "data").exists()


def test_a_port_without_the_right_to_listen_is_told_in_a_sentence(place):
    place.up_options[place.up_options.index("--http") + 1] = "127.0.0.1:81"
    if int(Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()) <= 81:
        pytest.skip("here every user may listen on every port")
    done = without_rights(place)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "127.0.0.1:81" in done.stderr and "Permission denied" in done.stderr
    assert processes_of(place.folder) == []
