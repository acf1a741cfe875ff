"""Node drives a real Chromium over the status page of a system (web/e2e)."""
import contextlib
import http.server
import json
import os
import shutil
import subprocess
import threading

import pytest
from cluster import BUILD, ROOT

# For who works on the page: from disk, not the binary.
WEB_OPTIONS = ["--web-dir", os.environ["DRAY_WEB_DIR"]] if os.environ.get("DRAY_WEB_DIR") else []


@contextlib.contextmanager
def gate(folder):
    """An address that makes the file in `folder` that its path names: jobs wait for it."""
    class Opener(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            (folder / self.path.strip("/")).touch()
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Opener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def drive(system, file, jobs, **environment):
    """Runs the tests of web/e2e/`file`; they find the ids in DRAY_JOBS."""
    if not shutil.which(os.environ.get("CHROMIUM", "chromium")):
        pytest.fail("chromium is missing: ./run-tests installs it")
    pictures = BUILD / "screenshots"
    pictures.mkdir(exist_ok=True)
    done = subprocess.run(
        ["node", "--test", "--test-reporter=spec", str(ROOT / "web" / "e2e" / file)],
        cwd=ROOT / "web", capture_output=True, text=True, timeout=600, check=False,
        env={**os.environ, **system.access, "DRAY_URL": system.url, "DRAY_JOBS": json.dumps(jobs),
             "DRAY_PICTURES": str(pictures), **environment})
    assert done.returncode == 0, done.stdout[-12000:] + done.stderr[-2000:]
