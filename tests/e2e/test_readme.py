"""The README's commands do what it says, and quickstart leaves nothing behind."""
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from cluster import BUILD, ROOT, VENV_BIN, processes_of

MARK = "<!-- run by tests/e2e/test_readme.py -->\n"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def place():
    """A data folder and a port for quickstart, and a last --stop."""
    folder = Path(tempfile.mkdtemp(prefix="dray-e2e-quick-"))
    folder.chmod(0o755)
    yield folder, free_port()
    shell(folder, 0, "./quickstart --stop")
    shutil.rmtree(folder, ignore_errors=True)


def shell(folder, port, text):
    """Runs lines of the README in bash, on this build, port and folder."""
    quickstart = f"./quickstart --data-dir {folder} --programs {BUILD}/bin"
    text = re.sub(r"\./quickstart --stop", "STOP", text)
    text = text.replace("./quickstart", f"{quickstart} --http {port}")
    text = text.replace("STOP", f"{quickstart} --stop")
    text = text.replace("/var/tmp/dray-quickstart-$(id -un)", str(folder))
    text = text.replace("8470", str(port)).replace("build/release", str(BUILD))
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", text], cwd=ROOT, capture_output=True, text=True,
        timeout=240, check=False,
        env={**os.environ, "AWS_DEFAULT_REGION": "us-east-1", "PATH": f"{VENV_BIN}:{os.environ['PATH']}", "AWS_PAGER": "",
             "HOME": str(folder)})


def blocks():
    """The fenced blocks of the README that are marked to be run."""
    found = re.findall(re.escape(MARK) + r"```\w*\n(.*?)```", (ROOT / "README.md").read_text(),
                       re.S)
    assert len(found) >= 3
    return found


def test_the_commands_of_the_readme_work(place):
    folder, port = place
    for block in blocks():
        done = shell(folder, port, block)
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"


def test_quickstart_again_takes_seconds_and_uses_what_is_up(place):
    folder, port = place
    assert shell(folder, port, "./quickstart").returncode == 0
    pids = sorted(path.read_text() for path in folder.glob("*.pid"))
    begun = time.monotonic()
    done = shell(folder, port, "./quickstart")
    assert done.returncode == 0, done.stderr
    assert "up already" in done.stdout
    assert sorted(path.read_text() for path in folder.glob("*.pid")) == pids
    assert "featurise" in done.stdout and "Type next" in done.stdout
    assert time.monotonic() - begun < 90


def test_stop_leaves_no_process(place):
    folder, port = place
    assert shell(folder, port, "./quickstart").returncode == 0
    assert processes_of(folder)
    done = shell(folder, port, "./quickstart --stop")
    assert done.returncode == 0, done.stderr
    assert processes_of(folder) == []
    again = shell(folder, port, "./quickstart --stop")
    assert again.returncode == 0 and "Nothing" in again.stdout


def test_a_busy_port_is_told_in_a_sentence(place):
    folder, _ = place
    shell(folder, 0, "./quickstart --stop")
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = shell(folder, other.getsockname()[1], "./quickstart")
    assert done.returncode == 1
    assert "in use by another program" in done.stderr
    assert processes_of(folder) == []
