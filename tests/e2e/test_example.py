"""The flagship's oracles: every record counted, the same bytes for 1 and 20 shards and after a kill."""
import json
import os
import subprocess

import pytest
from cluster import BUILD, ROOT, wait_for

OUTPUTS = ["reduced/matrix.tsv", "reduced/document_frequency.tsv", "reduced/sections.tsv",
           "reduced/rejected.tsv", "reduced/summary.json", "sets/train.tsv", "sets/validation.tsv"]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """The machine's whole package index."""
    path = tmp_path_factory.mktemp("index") / "index"
    with open(path, "wb") as file:
        subprocess.run(["apt-cache", "dumpavail"], stdout=file, check=True)
    assert path.stat().st_size > 0, "apt-get update fetches the index"
    return path


@pytest.fixture(scope="module")
def sliced(index, tmp_path_factory):
    """Every twentieth record, and some that are broken."""
    records = index.read_text(errors="surrogateescape").split("\n\n")[::20]
    records.insert(7, "Package: broken one\nVersion: 1\n")
    records.insert(90, "Package: versionless\nSize: 12\n")
    records.insert(200, "Package: sizeless\nVersion: 2\nSize: twelve\n")
    path = tmp_path_factory.mktemp("sliced") / "index"
    path.write_text("\n\n".join(records), errors="surrogateescape")
    return path


def start(cluster, name, index, shards):
    return subprocess.Popen(
        [ROOT / "examples/package-features/run", "--url", cluster.url, "--shards", str(shards),
         "--work-dir", cluster.folder / name, "--index", index,
         "--program", BUILD / "bin" / "package-features", "--timeout", "200"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, **cluster.access})


def run(cluster, name, index, shards):
    running = start(cluster, name, index, shards)
    said = running.communicate(timeout=240)[0]
    assert running.returncode == 0, said
    return cluster.folder / name, said


def records_in(index):
    """What `grep -c '^Package:'` counts."""
    return int(subprocess.run(["grep", "-c", "^Package:", index], capture_output=True,
                              check=True).stdout)


def same(one, other):
    for name in OUTPUTS:
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


def test_every_record_of_the_whole_index_is_counted(system, index):
    work, said = run(system, "whole", index, 20)
    summary = json.loads((work / "reduced/summary.json").read_text())
    assert summary["records"] == records_in(index)
    assert summary["kept"] + summary["rejected"] == summary["records"]
    rows = sum(len((work / "sets" / name).read_text().splitlines()) - 1
               for name in ("train.tsv", "validation.tsv"))
    assert rows == summary["kept"]
    assert f"{summary['records']:,} packages" in said


def test_one_shard_and_twenty_give_the_same_bytes(system, sliced):
    one, _ = run(system, "one", sliced, 1)
    twenty, _ = run(system, "twenty", sliced, 20)
    same(one, twenty)
    summary = json.loads((one / "reduced/summary.json").read_text())
    assert summary["records"] == records_in(sliced)
    assert summary["rejected"] == 2
    assert summary["repaired"] >= 1


def test_the_bytes_are_the_same_after_an_agent_was_killed_halfway(system, sliced):
    one, _ = run(system, "undisturbed", sliced, 20)
    running = start(system, "disturbed", sliced, 20)
    features = system.folder / "disturbed" / "features"
    wait_for("a quarter of the parts are there",
             lambda: features.exists() and len(list(features.glob("part-*"))) >= 5)
    system.kill_agent("agent-1")
    system.start_agent("agent-1")
    said = running.communicate(timeout=240)[0]
    assert running.returncode == 0, said
    same(one, system.folder / "disturbed")


def test_outputs_belong_to_the_user_of_jobs(system):
    part = system.folder / "whole" / "features" / "part-00000.tsv"
    assert (part.stat().st_uid != 0) or os.getuid() != 0


def test_a_failing_step_is_told_in_a_sentence(system, tmp_path):
    nothing = tmp_path / "index"
    nothing.write_text("Package: x1\nVersion: 1\n")
    running = subprocess.run(
        [ROOT / "examples/package-features/run", "--url", system.url, "--shards", "3",
         "--work-dir", system.folder / "fails", "--index", nothing, "--program", "/bin/false"],
        env={**os.environ, **system.access}, capture_output=True, text=True, timeout=60, check=False)
    assert running.returncode == 1
    assert "split FAILED" in running.stderr
