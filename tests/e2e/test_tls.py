"""HTTPS: certificates from 'dray tls init', and the real clients that trust them."""
import os
import ssl
import stat
import subprocess

import boto3
import botocore.exceptions
import pytest

from attacks import HOST, Crowd, Raw, answers_in, exchange, memory_mib
from cluster import BUILD, VENV_BIN, Cluster


def dray(folder, *words, **environment):
    return subprocess.run([BUILD / "bin" / "dray", *map(str, words)], cwd=folder, text=True,
                          env={**os.environ, **environment}, capture_output=True, timeout=60,
                          check=False)


@pytest.fixture(scope="module")
def secure():
    cluster = Cluster()
    try:
        made = dray(cluster.folder, "tls", "init", "--dir", "tls", "--name", "box.example")
        assert made.returncode == 0, made.stderr
        cluster.http = "0.0.0.0:0"
        cluster.start_scheduler("--tls-cert", cluster.folder / "tls/server.pem",
                                "--tls-key", cluster.folder / "tls/server-key.pem")
        cluster.http = cluster.http.replace("0.0.0.0", "127.0.0.1")
        yield cluster
    finally:
        cluster.clean_up(keep=False)


def ca_of(cluster):
    return str(cluster.folder / "tls/ca.pem")


def url_of(cluster):
    return f"https://{cluster.http}"


def test_every_client_that_trusts_the_ca_is_served(secure):
    batch = boto3.client("batch", endpoint_url=url_of(secure), region_name="us-east-1",
                         verify=ca_of(secure), aws_access_key_id=secure.access["AWS_ACCESS_KEY_ID"],
                         aws_secret_access_key=secure.access["AWS_SECRET_ACCESS_KEY"])
    assert batch.describe_job_queues()["jobQueues"] == []
    trusting = {**os.environ, **secure.access, "AWS_CA_BUNDLE": ca_of(secure)}
    done = subprocess.run([VENV_BIN / "aws", "--endpoint-url", url_of(secure), "batch",
                           "describe-job-queues"], env=trusting, capture_output=True, text=True,
                          timeout=60, check=False)
    assert done.returncode == 0 and '"jobQueues": []' in done.stdout, done.stderr
    done = dray(secure.folder, "jobs", "--url", url_of(secure), AWS_CA_BUNDLE=ca_of(secure),
                AWS_SHARED_CREDENTIALS_FILE=str(secure.credentials_file))
    assert done.returncode == 0, done.stderr
    done = subprocess.run(["curl", "-s", "--cacert", ca_of(secure), "--resolve",
                           f"box.example:{secure.http.split(':')[1]}:127.0.0.1",
                           f"https://box.example:{secure.http.split(':')[1]}/livez"],
                          capture_output=True, text=True, timeout=20, check=False)
    assert done.stdout == '{"status":"ok"}', done.stderr


def test_who_does_not_trust_it_is_told_so(secure):
    batch = boto3.client("batch", endpoint_url=url_of(secure), region_name="us-east-1",
                         aws_access_key_id="any", aws_secret_access_key="any")
    with pytest.raises(botocore.exceptions.SSLError):
        batch.describe_job_queues()
    done = dray(secure.folder, "jobs", "--url", url_of(secure))
    assert done.returncode != 0 and "AWS_CA_BUNDLE" in done.stderr, done.stderr
    assert "https://" in exchange(secure.http, f"GET /livez HTTP/1.1\r\n{HOST}\r\n")


def test_the_certificate_is_renewed_under_the_same_ca(secure):
    folder = secure.folder / "tls"
    before = {name: (folder / name).read_text() for name in os.listdir(folder)}
    assert set(before) == {"ca.pem", "ca-key.pem", "server.pem", "server-key.pem"}
    assert dray(secure.folder, "tls", "init", "--dir", "tls").returncode == 0
    after = {name: (folder / name).read_text() for name in os.listdir(folder)}
    assert {name for name in after if after[name] != before[name]} == {"server.pem", "server-key.pem"}
    for name in ("ca-key.pem", "server-key.pem"):
        assert stat.S_IMODE(os.stat(folder / name).st_mode) == 0o600
    wrong = dray(secure.folder, "tls", "init", "--name", "a,b")
    assert wrong.returncode != 0 and "a,b" in wrong.stderr


def test_idle_and_slow_sessions_cost_the_others_nothing(secure):
    """A crowd of handshakes that never end, and one of sessions on which nothing goes on."""
    context = ssl.create_default_context(cafile=ca_of(secure))
    before = memory_mib(secure.scheduler.process.pid)
    sessions = []
    with Crowd(secure.http, 2000, b""), Crowd(secure.http, 1500, b"\x16\x03\x01\x02\x00"):
        for _ in range(400):
            raw = Raw(secure.http)
            sessions.append(context.wrap_socket(raw.socket, server_hostname="127.0.0.1"))
        for session in sessions[::50]:
            session.sendall(f"GET /livez HTTP/1.1\r\n{HOST}\r\n".encode())
            assert session.recv(4096).startswith(b"HTTP/1.1 200")
        grown = memory_mib(secure.scheduler.process.pid) - before
        assert grown < 50, grown
    for session in sessions:
        session.close()
    print(f"{grown:.1f} MiB for 400 idle sessions, 1,500 handshakes and 2,000 silent clients")


def test_beyond_loopback_it_wants_tls_or_the_operators_word(secure):
    command = [BUILD / "bin" / "dray-scheduler", "--data-dir", secure.folder / "plain", "--agents",
               "127.0.0.1:0", "--http", "0.0.0.0:0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2 and "--insecure-plain-http" in done.stderr, done.stderr
    with subprocess.Popen([*command, "--insecure-plain-http"], stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.DEVNULL) as plain:
        try:
            port = plain.stdout.readline().split()[1].rsplit(":", 1)[1]
            text = exchange(f"127.0.0.1:{port}",
                            f"GET /livez HTTP/1.1\r\nHost: 10.1.2.3:{port}\r\nConnection: close\r\n\r\n")
            assert answers_in(text) == ["200"]
        finally:
            plain.kill()
