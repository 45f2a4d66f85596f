"""The unmodified npm package rasa-webchat, on a page of somebody else's site."""

import base64
import hashlib
import os
import shutil
import subprocess
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

PACKAGE = "rasa-webchat@1.0.1"
INTEGRITY = "sha512-Ld1zVJvTAaTrs6A5p8t70agNNrKYRyXlvqXZRgBoDvKKUXbA0jhJKECi5bdPGlaR6jsmqWtVylHS+YqIqo0x8w=="
KEPT = Path(__file__).parents[2] / "handoff/ui/node_modules/.cache/rasa-webchat-1.0.1.tgz"
PAGE = """<!doctype html><html lang="de"><head><meta charset="utf-8"><title>Beispielstadt</title></head><body>
<h1>Eine Seite mit fremdem Chat</h1>
<script src="/rasa-webchat.js"></script>
<script>
WebChat.default({
  initPayload: "/get_started", socketPath: "/socket.io/", socketUrl: new URLSearchParams(location.search).get("stadt"), title: "Chat",
  inputTextFieldHint: "Nachricht schreiben", customData: {language: "de"}, params: {storage: "session"},
});
</script></body></html>"""


class ForeignSite:
    """A site with the package on its page, at another origin than the town's; `/?stadt=<origin>` says where to ask."""

    def __init__(self) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:  # the base class names it
                is_script = self.path == "/rasa-webchat.js"
                body = (script() if is_script else PAGE).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/javascript" if is_script else "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://localhost:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def settings(self) -> dict[str, str]:
        """What lets its pages in at a town."""
        return {"AMTSLOTSE_ORIGINS": self.origin}

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def script() -> str:
    """The package's bundle as published; fetched once, then kept beside the other npm packages."""
    if not KEPT.exists():
        npm = shutil.which("npm")
        if npm is None:
            _missing("no npm found: the browser test of rasa-webchat fetches the package with it")
        KEPT.parent.mkdir(parents=True, exist_ok=True)
        packed = subprocess.run([npm, "pack", PACKAGE], cwd=KEPT.parent, capture_output=True, timeout=120)
        if packed.returncode:
            _missing("the package rasa-webchat could not be fetched")
    digest = hashlib.sha512(KEPT.read_bytes()).digest()
    assert "sha512-" + base64.b64encode(digest).decode() == INTEGRITY
    with tarfile.open(KEPT) as archive:
        file = archive.extractfile("package/lib/index.js")
        assert file is not None
        return file.read().decode()


def _missing(why: str) -> None:
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(why)
