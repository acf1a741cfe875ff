"""What bad clients send to the gate, by raw sockets, and what it did to the scheduler."""
import http.client
import json
import os
import re
import selectors
import socket
import threading
import time
from pathlib import Path

from signing import signed

HOST = "Host: localhost\r\n"


class Raw:
    """A client's end of one connection."""

    def __init__(self, address, receive_buffer=None):
        host, port = address.rsplit(":", 1)
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(20)
        self.socket.connect((host, int(port)))

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.socket.close()

    def send(self, data):
        """False when the other side has closed before all was taken."""
        try:
            self.socket.sendall(data if isinstance(data, bytes) else data.encode("latin-1"))
            return True
        except OSError:
            return False

    def read(self):
        """Everything up to the other side's close."""
        data = b""
        try:
            while piece := self.socket.recv(65536):
                data += piece
        except ConnectionError:
            pass
        return data.decode("latin-1")

    def read_answer(self):
        """Status, headers in lower case and body of one answer."""
        answer = http.client.HTTPResponse(self.socket)
        answer.begin()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()


def exchange(address, data):
    """What comes back until the close, when `data` is all that is sent."""
    with Raw(address) as raw:
        raw.send(data)
        return raw.read()


def answers_in(text):
    """The statuses of all answers in a stream of bytes."""
    return re.findall(r"HTTP/1\.1 (\d{3}) ", text)


def check_aws_shape(text, statuses):
    """One answer, one of those statuses, with AWS's error body."""
    found = answers_in(text)
    assert len(found) == 1 and found[0] in statuses, text[:500]
    head, body = text.split("\r\n\r\n", 1)
    assert "x-amzn-errortype: " in head and "message" in json.loads(body), text[:500]
    assert "connection: close" in head.lower(), head


def memory_mib(pid):
    for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no VmRSS")


def cpu_seconds(pid):
    """Of the whole process, in steps of 10 ms."""
    words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


class Probe:
    """Another client, which goes on asking while others attack; its answers' times."""

    def __init__(self, address, access):
        self.address = address
        self.access = access
        self.times = []
        self.failures = []
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.ask)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *failure):
        self.is_over.set()
        self.thread.join()

    def ask(self):
        host, port = self.address.rsplit(":", 1)
        while not self.is_over.is_set():
            begin = time.monotonic()
            try:
                # A new connection each time: that is what a crowd would keep out.
                connection = http.client.HTTPConnection(host, int(port), timeout=20)
                connection.request("POST", "/v1/describejobqueues", "{}", signed(
                    self.access, "POST", self.address, "/v1/describejobqueues", "{}",
                    "application/json"))
                status = connection.getresponse().status
                connection.close()
                if status != 200:
                    self.failures.append(status)
            except OSError as failure:
                self.failures.append(repr(failure))
            self.times.append(time.monotonic() - begin)
            self.is_over.wait(0.005)

    def p99_ms(self):
        assert len(self.times) >= 100, f"only {len(self.times)} answers"
        assert not self.failures, self.failures[:5]
        return sorted(self.times)[int(len(self.times) * 0.99)] * 1000


class Crowd:
    """Many connections that all do the same bad thing."""

    def __init__(self, address, count, first, receive_buffer=None):
        host, port = address.rsplit(":", 1)
        self.sockets = []
        for _ in range(count):
            one = socket.socket()
            if receive_buffer:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
            one.settimeout(20)
            one.connect((host, int(port)))
            if first:
                one.send(first)
            self.sockets.append(one)

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        for one in self.sockets:
            one.close()

    def drip(self, byte):
        """One byte from each that is still open."""
        for one in self.sockets:
            try:
                one.send(byte)
            except OSError:
                pass

    def open_ones(self):
        """How many the other side has not closed."""
        ready = selectors.DefaultSelector()
        for one in self.sockets:
            ready.register(one, selectors.EVENT_READ)
        closed = 0
        for key, _ in ready.select(0):
            try:
                closed += key.fileobj.recv(65536, socket.MSG_DONTWAIT) == b""
            except BlockingIOError:
                pass
            except OSError:
                closed += 1
        return len(self.sockets) - closed
