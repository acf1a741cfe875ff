"""Signatures by botocore's own signer, as pip installs it, over generated requests: all are accepted,
and none in which anything that is signed has changed."""
import datetime
import random
import subprocess
from unittest import mock

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials
from botocore.utils import percent_encode_sequence
from urllib.parse import quote, urlsplit

from cluster import BUILD

NOW = datetime.datetime(2026, 1, 31, 12, 0, 0, tzinfo=datetime.timezone.utc)
STAMP = "20260131T120000Z"
LETTERS = "abcXYZ019-._~ !\"#$%&'()*+,/:;<=>?@[]^`{|}éß中😀"


def text(chance, most, letters=LETTERS):
    return "".join(chance.choice(letters) for _ in range(chance.randint(0, most)))


def signed(chance):
    """A request as a client would send it: (method, target, body, headers), and who signed."""
    key_id, secret = f"AKIA{chance.getrandbits(64):016X}", text(chance, 40) + "s"
    method = chance.choice(["POST", "POST", "GET", "DELETE", "PUT"])
    path = "/" + "/".join(quote(text(chance, 12), safe=chance.choice(["", ":", "~!$'()*,;@"]))
                          for _ in range(chance.randint(0, 4)))
    query = percent_encode_sequence([(text(chance, 6) + "k", text(chance, 12))
                                     for _ in range(chance.choice([0, 0, 1, 3, 8]))])
    body = text(chance, 60).encode() if method in ("POST", "PUT") else b""
    headers = HTTPHeaders()
    headers["User-Agent"] = "anything"
    if body:
        headers["Content-Type"] = "application/json"
    for number in range(chance.randint(0, 3)):
        headers[f"X-Amz-{chance.choice(['Target', 'Meta', 'Zed'])}-{number}"] = chance.choice(
            ["a  b", " padded ", "100%25", "plain", "comma, list", "tab\there"])
    region = chance.choice(["us-east-1", "eu-west-1", "cn-north-1", "self-hosted-7"])
    host = chance.choice(["127.0.0.1:8470", "localhost", "batch.example.org"])
    request = AWSRequest(method=method, url=f"http://{host}{path}" + (f"?{query}" if query else ""),
                         data=body, headers=headers)
    token = chance.choice([None, None, "a session's token=="])
    with mock.patch("botocore.auth.get_current_datetime", return_value=NOW):
        botocore.auth.SigV4Auth(Credentials(key_id, secret, token), chance.choice(["batch", "logs"]),
                                region).add_auth(request)
    sent = [*request.headers.items(), ("Host", urlsplit(request.url).netloc)]
    target = path + (f"?{query}" if query else "")
    return [key_id, secret, method, target, body, *[part for pair in sent for part in pair]]


def line(fields):
    return " ".join((f if isinstance(f, bytes) else f.encode()).hex() or "-" for f in fields)


def judge(cases):
    done = subprocess.run([BUILD / "bin" / "signature_judge"], check=True, capture_output=True, text=True,
                          input="".join(line([STAMP, *case]) + "\n" for case in cases))
    return done.stdout.splitlines()


def test_everything_that_botocore_signs_is_accepted():
    chance = random.Random(4)
    cases = [signed(chance) for _ in range(3000)]
    for case, verdict in zip(cases, judge(cases), strict=True):
        assert verdict == "ok", case


def changed(chance, case):
    """The case with one byte of what is signed another one, and none that means the same."""
    case = list(case)
    signed_names = next(v for k, v in zip(case[5::2], case[6::2]) if k == "Authorization")
    signed_names = signed_names.split("SignedHeaders=")[1].split(",")[0].split(";")
    places = [2, 3] + ([4] if case[4] else [])
    places += [i + 1 for i in range(5, len(case), 2) if case[i].lower() in signed_names and case[i + 1].strip()]
    where = chance.choice(places)
    old = case[where] if isinstance(case[where], bytes) else case[where].encode()
    at = chance.randrange(len(old))
    # Not only in case: %2f and %2F mean the same in a query.
    new = chance.choice([b for b in b"abcdxyz0123" if bytes([b]) != old[at:at + 1].lower()])
    case[where] = old[:at] + bytes([new]) + old[at + 1:]
    return case


def test_nothing_that_has_changed_is_accepted():
    chance = random.Random(44)
    cases = [changed(chance, signed(chance)) for _ in range(3000)]
    for case, verdict in zip(cases, judge(cases), strict=True):
        assert verdict != "ok", case
