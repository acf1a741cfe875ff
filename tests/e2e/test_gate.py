"""Attacks on the HTTP door: rows 36 to 45 of the fault matrix, and cpp-httplib's known holes."""
import json
import resource
import socket
import subprocess
import time

import pytest
from botocore.exceptions import BotoCoreError

from attacks import (HOST, Crowd, Probe, Raw, answers_in, check_aws_shape, cpu_seconds, exchange,
                     memory_mib)
from cluster import BUILD, Cluster, Program, wait_for
from signing import signed, signed_bytes

CROWD = 10_000


@pytest.fixture(scope="module", autouse=True)
def files():
    """The crowds are files of this process, too."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.fixture(scope="module")
def door():
    cluster = Cluster()
    try:
        cluster.start_scheduler()
        cluster.create_queue()
        yield cluster
    finally:
        cluster.clean_up(keep=False)


def pid_of(cluster):
    return cluster.scheduler.process.pid


def is_well(cluster):
    """The process is the same and answers."""
    assert cluster.scheduler.process.poll() is None, cluster.scheduler.text()[-2000:]
    text = exchange(cluster.http, f"GET /livez HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n")
    assert text.startswith("HTTP/1.1 200 OK"), text


def metric(cluster, name):
    """A sample's value; 0 when there is none."""
    text = exchange(cluster.http, f"GET /metrics HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n")
    for line in text.split("\r\n\r\n", 1)[1].splitlines():
        if line.startswith(name + " "):
            return float(line.rsplit(" ", 1)[1])
    return 0.0


# ---- row 36: crowds


def test_ten_thousand_idle_and_slow_clients_cost_the_others_nothing(door):
    before = memory_mib(pid_of(door))
    slow_head = f"GET /livez HTTP/1.1\r\n{HOST}A: ".encode()
    slow_body = f"POST /v1/submitjob HTTP/1.1\r\n{HOST}Content-Length: 1000\r\n\r\n{{".encode()
    with Crowd(door.http, CROWD, b"") as idle:
        with Crowd(door.http, 500, slow_head) as heads, Crowd(door.http, 500, slow_body) as bodies:
            with Probe(door.http, door.access) as probe:
                # A byte now and then buys no time.
                wait_for("the heads' deadline", lambda: (heads.drip(b"a"), bodies.drip(b" "),
                                                         heads.open_ones() == 0)[2])
            assert idle.open_ones() == CROWD
        grown = memory_mib(pid_of(door)) - before
    print(f"p99 {probe.p99_ms():.1f} ms, {grown:.1f} MiB more")
    assert probe.p99_ms() < 100
    assert grown < 50
    is_well(door)


def test_readers_that_do_not_read_hold_no_memory_and_nobody_up(door):
    for number in range(10):
        door.register(f"definition-{number}", ["true", "x" * 20_000])
    ask = signed_bytes(door.access, "POST", "/v1/describejobdefinitions", "{}")
    answered = ('dray_http_request_duration_seconds_count{code_class="2xx",'
                'operation="describejobdefinitions"}')
    # What the answers cost whoever reads them is no fault of the slow ones.
    with Crowd(door.http, 50, ask) as good:
        for one in good.sockets:
            answer = b""
            while not answer.endswith(b"}"):
                answer += one.recv(1 << 20)
    before = memory_mib(pid_of(door))
    with Crowd(door.http, 50, ask, receive_buffer=4096):  # No more than may wait for a thread.
        wait_for("the crowd is answered", lambda: metric(door, answered) >= 100)
        with Probe(door.http, door.access) as probe:
            wait_for("enough answers to other clients", lambda: len(probe.times) > 300)
        grown = memory_mib(pid_of(door)) - before
    print(f"p99 {probe.p99_ms():.1f} ms, {grown:.1f} MiB more")
    assert probe.p99_ms() < 100
    assert grown < 50
    is_well(door)


# ---- row 37 and cpp-httplib's holes: framing

BROKEN = {
    "1 GB by its length": (f"POST / HTTP/1.1\r\n{HOST}Content-Length: 1073741824\r\n\r\n", "413"),
    "chunk of -2 (CVE-2026-45352)": (
        f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n-2\r\nab\r\n", "400"),
    "huge chunk (CVE-2025-53629)": (
        f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFE\r\n", "400"),
    "large chunk": (
        f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\nFFFFFFF\r\n", "413"),
    "length and chunks": (
        f"POST / HTTP/1.1\r\n{HOST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
        "0\r\n\r\nGET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n", "400"),
    "length and empty coding": (
        f"POST / HTTP/1.1\r\n{HOST}Content-Length: 4\r\nTransfer-Encoding:\r\n\r\nGET ", "400"),
    "two lengths": (f"POST / HTTP/1.1\r\n{HOST}Content-Length: 0\r\nContent-Length: 30\r\n\r\n"
                    "GET /livez HTTP/1.1\r\n\r\n", "400"),
    "a list of lengths": (f"POST / HTTP/1.1\r\n{HOST}Content-Length: 0, 30\r\n\r\n", "400"),
    "a length that is none": (f"POST / HTTP/1.1\r\n{HOST}Content-Length: abc\r\n\r\n", "400"),
    "a negative length": (f"POST / HTTP/1.1\r\n{HOST}Content-Length: -1\r\n\r\n", "400"),
    "8,000 characters of path": (f"GET /{'a' * 8000} HTTP/1.1\r\n{HOST}\r\n", "414"),
    "compressed body (CVE-2026-22776, 28435)": (
        f"POST / HTTP/1.1\r\n{HOST}Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b",
        "415"),
    "folded header": (f"GET / HTTP/1.1\r\n{HOST}A: b\r\n c\r\n\r\n", "400"),
    "space before the colon": ("GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", "400"),
    "bare line feeds": ("GET /livez HTTP/1.1\nHost: localhost\n\n", "400"),
    "bare line feed in a header": (f"GET / HTTP/1.1\r\n{HOST}A: b\nC: d\r\n\r\n", "400"),
    "bare carriage return": (f"GET / HTTP/1.1\r\n{HOST}A: b\rC: d\r\n\r\n", "400"),
    "NUL": (f"GET / HTTP/1.1\r\n{HOST}A: \0\r\n\r\n", "400"),
    "chunk extension": (
        f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n2;a=b\r\nab\r\n0\r\n\r\n",
        "400"),
    "trailer that is a request": (
        f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n0\r\nGET /livez HTTP/1.1\r\n"
        "\r\n", "400"),
    "chunks twice": (f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n",
                     "501"),
    "no host": ("GET /livez HTTP/1.1\r\n\r\n", "400"),
    "two hosts": (f"GET /livez HTTP/1.1\r\n{HOST}{HOST}\r\n", "400"),
    "absolute target": (f"GET http://localhost/livez HTTP/1.1\r\n{HOST}\r\n", "400"),
    "unknown expectation": (f"POST / HTTP/1.1\r\n{HOST}Expect: more\r\n\r\n", "417"),
    "chunks in HTTP/1.0": ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"),
    "HTTP/2": ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"),
    "1,000,000 headers (CVE-2025-52887)": (
        f"GET /livez HTTP/1.1\r\n{HOST}" + "A: b\r\n" * 100 + "\r\n", "431"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_request_gets_one_answer_in_awss_shape(door, what):
    data, status = BROKEN[what]
    check_aws_shape(exchange(door.http, data), [status])


@pytest.mark.parametrize("what,head,flood", [
    ("a header of 200 MB (CVE-2025-53628)", f"GET / HTTP/1.1\r\n{HOST}A: ", b"a" * 65536),
    ("headers without end", f"GET / HTTP/1.1\r\n{HOST}", b"A: b\r\n" * 10_000),
    ("chunks without end (CVE-2025-46728)",
     f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n",
     b"10000\r\n" + b"a" * 65536 + b"\r\n"),
    ("trailers without end",
     f"POST / HTTP/1.1\r\n{HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n", b"A: b\r\n" * 10_000),
])
def test_a_flood_is_cut_off_and_held_nowhere(door, what, head, flood):
    before = memory_mib(pid_of(door))
    with Raw(door.http) as raw:
        raw.send(head)
        pieces = 0
        while pieces < 3000 and raw.send(flood):
            pieces += 1
    assert pieces < 400, what
    assert memory_mib(pid_of(door)) - before < 10, what
    is_well(door)


def test_no_header_can_play_the_gates_part(door):
    """REMOTE_ADDR (CVE-2025-66570), percent-encoded line ends (CVE-2026-45372), exceptions in
    headers (CVE-2026-28434), ranges, forms (CVE-2026-29076)."""
    text = exchange(door.http, f"GET /version HTTP/1.1\r\n{HOST}REMOTE_ADDR: 6.6.6.6\r\n"
                    "X-Amz-Target: a%0d%0aInjected: yes\r\nRange: bytes=0-0\r\nConnection: close\r\n\r\n")
    assert text.startswith("HTTP/1.1 200 OK") and "Injected" not in text and "6.6.6.6" not in text
    form = ("--b\r\nContent-Disposition: form-data; name=a; filename*=" + "a" * 5000 + "\r\n\r\n"
            "--b--\r\n")
    text = exchange(door.http, f"POST /v1/listjobs HTTP/1.1\r\n{HOST}Content-Type: multipart/form-data;"
                    f" boundary=b\r\nContent-Length: {len(form)}\r\nConnection: close\r\n\r\n{form}")
    assert answers_in(text) == ["415"]
    assert "EXCEPTION_WHAT" not in text
    is_well(door)


def test_the_body_of_a_get_is_not_the_next_request(door):
    """CVE-2026-34441, request smuggling by what static files leave unread."""
    hidden = f"GET /nonsense HTTP/1.1\r\n{HOST}\r\n"
    text = exchange(door.http, f"GET / HTTP/1.1\r\n{HOST}Content-Length: {len(hidden)}\r\n\r\n{hidden}"
                    f"GET /livez HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n")
    assert answers_in(text) == ["200", "200"]


# ---- what well-behaved but unusual clients do


def test_pipelined_requests_are_answered_in_order(door):
    text = exchange(door.http, f"GET /livez HTTP/1.1\r\n{HOST}\r\n" * 50 +
                    f"GET /version HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n")
    assert answers_in(text) == ["200"] * 51
    assert text.rindex('"status":"ok"') < text.index('"name":"dray"')


def test_one_who_closes_their_half_gets_their_answer(door):
    with Raw(door.http) as raw:
        raw.send(f"GET /livez HTTP/1.1\r\n{HOST}\r\n")
        raw.socket.shutdown(socket.SHUT_WR)
        assert answers_in(raw.read()) == ["200"]


def test_head_has_no_body_and_http_1_0_no_second_answer(door):
    with Raw(door.http) as raw:
        for _ in range(2):
            raw.send(f"HEAD /livez HTTP/1.1\r\n{HOST}\r\n")
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += raw.socket.recv(1)
            assert head.startswith(b"HTTP/1.1 200 OK") and b"Content-Length: 15\r\n" in head
    text = exchange(door.http, "GET /livez HTTP/1.0\r\n\r\nGET /livez HTTP/1.0\r\n\r\n")
    assert answers_in(text) == ["200"]


def test_curl_is_invited_to_send_its_large_body(door):
    body = json.dumps({"jobs": ["x" * 500_000]})
    headers = signed(door.access, "POST", door.http, "/v1/describejobs", body, "application/json")
    done = subprocess.run(["curl", "-sv", "--max-time", "10", "-H", "Expect: 100-continue",
                           *(f"-H{name}: {value}" for name, value in headers.items()), "--data-binary", "@-",
                           f"http://{door.http}/v1/describejobs"],
                          input=body, capture_output=True, text=True, check=False)
    assert "HTTP/1.1 100 Continue" in done.stderr and '{"jobs":[]}' in done.stdout, done.stderr


# ---- rows 38 to 40: what is in the body

JSON = {
    "depth of a million": b'{"a":' + b"[" * 1_000_000,
    "a name twice": b'{"jobs":[],"jobs":[]}',
    "a million names": b"{" + b",".join(b'"%x":0' % n for n in range(90_000)) + b"}",
    "1e400": b'{"jobs":1e400}',
    "2^64 for a number": b'{"jobQueue":"default","maxResults":18446744073709551616}',
    "-0.0 for a number": b'{"jobQueue":"default","maxResults":-0.5}',
    "invalid UTF-8": b'{"jobs":["\xff\xfe"]}',
    "overlong UTF-8": b'{"jobs":["\xc0\xaf"]}',
    "lone surrogate": b'{"jobs":["\\ud800"]}',
    "NUL in a name": b'{"jobs\\u0000":[]}',
    "nothing": b"",
    "half": b'{"jobs":[',
    "no object": b"[]",
    "two documents": b"{}{}",
}


@pytest.mark.parametrize("what", JSON)
def test_bad_json_is_a_400_in_awss_words_on_a_kept_connection(door, what):
    body = JSON[what]
    with Raw(door.http) as raw:
        operation = "listjobs" if b"maxResults" in body else "describejobs"
        for _ in range(2):
            raw.send(signed_bytes(door.access, "POST", f"/v1/{operation}", body))
            status, headers, answer = raw.read_answer()
            assert status == 400 and headers["x-amzn-errortype"] == "ClientException", answer
            assert json.loads(answer)["message"]


def test_ten_megabytes_are_too_much(door):
    body = b'{"jobs":["' + b"a" * 10_000_000 + b'"]}'
    with Raw(door.http) as raw:
        raw.send(f"POST /v1/describejobs HTTP/1.1\r\n{HOST}Content-Length: {len(body)}\r\n\r\n")
        raw.send(body)
        check_aws_shape(raw.read(), ["413"])


@pytest.mark.parametrize("name", [
    "../../etc", "a/b", "%2e%2e", "a;rm -rf b", "$(x)", "`x`", "a\nb", "-flag", "\u202ea", "<script>",
    "a" * 129, "", " "])
def test_names_that_are_none_are_refused(door, name):
    batch = door.client()
    with pytest.raises(batch.exceptions.ClientError) as refused:
        batch.register_job_definition(jobDefinitionName=name, type="container", containerProperties={
            "image": "native", "command": ["true"], "vcpus": 1, "memory": 64})
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


# ---- rows 41 and 42: the process runs out of something


def start_small(folder, *limits):
    """A scheduler under limits of the shell."""
    folder.mkdir(parents=True)
    return Program(folder / "log", "/bin/sh", "-c",
                   "; ".join(f"ulimit {limit}" for limit in limits) + '; exec "$0" "$@"',
                   BUILD / "bin" / "dray-scheduler", "--data-dir", folder / "data", "--http",
                   "127.0.0.1:0", "--agents", "127.0.0.1:0")


def test_without_files_left_it_neither_spins_nor_dies(door):
    small = start_small(door.folder / "few-files", "-n 64")
    try:
        address = small.ready()["http"]
        crowd = Crowd(address, 500, b"")
        with crowd:
            before = cpu_seconds(small.process.pid)
            begin = time.monotonic()
            for _ in range(20):  # Newcomers are served all the while: idle ones give way.
                text = exchange(address, f"GET /livez HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n")
                assert answers_in(text) == ["200"]
            wait_for("a second", lambda: time.monotonic() - begin > 1, 5)
            spent = cpu_seconds(small.process.pid) - before
            assert spent < 0.5 * (time.monotonic() - begin), f"{spent} s of CPU"
        text = exchange(address, f"GET /metrics HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n")
        assert 'dray_http_connections_refused_total{reason="gave_way"}' in text
    finally:
        small.end()


def test_with_little_memory_it_sheds_load_or_ends_and_loses_nothing(door):
    folder = door.folder / "little-memory"
    small = start_small(folder, "-v 1000000")
    cluster = Cluster()
    cluster.http = small.ready()["http"]
    cluster.data = folder / "data"
    try:
        cluster.create_queue()
        cluster.register("kept", ["true"])
        kept = cluster.submit(None, definition="kept")
        ask = f"POST /v1/describejobs HTTP/1.1\r\n{HOST}Content-Length: 1000000\r\n\r\n".encode()
        with Crowd(cluster.http, 300, ask) as crowd:
            for one in crowd.sockets:
                try:
                    one.sendall(b'{"jobs":[' + b"[]," * 300_000)
                except OSError:
                    pass  # Refused, or the process has ended.
        try:
            assert cluster.describe(kept)["status"] == "RUNNABLE"
        except BotoCoreError:  # Unreachable: then it has ended, or does so in this moment.
            small.process.wait(30)
    finally:
        small.end()
    again = Program(folder / "again.log", BUILD / "bin" / "dray-scheduler", "--data-dir",
                    folder / "data", "--http", "127.0.0.1:0", "--agents", "127.0.0.1:0")
    try:
        cluster.http = again.ready()["http"]
        assert cluster.describe(kept)["status"] == "RUNNABLE"
    finally:
        again.end()
        cluster.clean_up(keep=False)


# ---- rows 40 and 45: parameters, pages. Rows 43 and 44 are in test_access.py


def test_a_parameter_stays_one_word(door):
    door.start_agents(1)
    value = """Ref::b $(id) `id`; 'q' "d" * \\ \t|&"""
    definition = door.register("words", ["/usr/bin/printf", "%s\\n", "Ref::a", "Ref::b"],
                               parameters={"a": value, "b": "two words"})
    job = door.submit(None, definition=definition)
    door.wait_state(job, ["SUCCEEDED"])
    assert door.log_of(job) == [value, "two words"]


def test_pages_neither_repeat_nor_leave_out_old_jobs_while_others_come(door):
    door.create_queue("nowhere", environment="empty")
    definition = door.register("waits", ["true"])
    old = [door.submit(None, definition=definition, queue="nowhere") for _ in range(120)]
    batch, seen, token = door.client(), [], None
    while True:
        more = {"nextToken": token} if token else {}
        page = batch.list_jobs(jobQueue="nowhere", jobStatus="RUNNABLE", maxResults=10, **more)
        seen += [job["jobId"] for job in page["jobSummaryList"]]
        token = page.get("nextToken")
        if not token:
            break
        for _ in range(3):
            door.submit(None, definition=definition, queue="nowhere")
    assert len(seen) == len(set(seen))
    assert set(old) <= set(seen)


def test_refusals_are_counted_for_operators(door):
    name = 'dray_http_requests_refused_total{reason="broken"}'
    before = metric(door, name)
    exchange(door.http, "nonsense\r\n\r\n")
    assert metric(door, name) == before + 1
