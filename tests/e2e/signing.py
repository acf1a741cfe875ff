"""AWS's Signature Version 4 with Python's standard library, for tests that speak raw HTTP."""
import configparser
import datetime
import hashlib
import hmac
from pathlib import Path
from urllib.parse import quote


def read_credentials(file):
    """An AWS credentials file as the variables that every client reads."""
    profile = configparser.ConfigParser(interpolation=None)
    profile.read_string(Path(file).read_text())
    return {"AWS_ACCESS_KEY_ID": profile["default"]["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": profile["default"]["aws_secret_access_key"],
            "AWS_DEFAULT_REGION": "us-east-1"}


def signed(access, method, host, target, body=b"", content_type="", service="batch",
           minutes=0, **more):
    """The headers of a signed request, Host and Content-Type among them; `more` are signed too
    (X_Amz_Target="..."). The signer's clock is so many `minutes` ahead."""
    now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(minutes=minutes)
    now = now.strftime("%Y%m%dT%H%M%SZ")
    region = access.get("AWS_DEFAULT_REGION", "us-east-1")
    scope = f"{now[:8]}/{region}/{service}/aws4_request"
    body = body.encode() if isinstance(body, str) else body
    headers = {"Host": host, "X-Amz-Date": now,
               **({"Content-Type": content_type} if content_type else {}),
               **{name.replace("_", "-"): value for name, value in more.items()}}
    path, _, query = target.partition("?")
    lines = sorted((name.lower(), value) for name, value in headers.items())
    names = ";".join(name for name, _ in lines)
    canonical = "\n".join([method, quote(path, safe="/~"), "&".join(sorted(query.split("&"))),
                           *(f"{name}:{value}" for name, value in lines), "", names,
                           hashlib.sha256(body).hexdigest()])
    key = ("AWS4" + access["AWS_SECRET_ACCESS_KEY"]).encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    text = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(canonical.encode()).hexdigest()])
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    return {**headers, "Authorization":
            f"AWS4-HMAC-SHA256 Credential={access['AWS_ACCESS_KEY_ID']}/{scope}, "
            f"SignedHeaders={names}, Signature={signature}"}


def signed_bytes(access, method, target, body=b"", content_type="application/json",
                 host="localhost", extra=""):
    """A whole request; `extra` are further header lines."""
    body = body.encode() if isinstance(body, str) else body
    headers = signed(access, method, host, target, body, content_type if body else "")
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    return f"{method} {target} HTTP/1.1\r\n{lines}{extra}{length}\r\n".encode() + body
