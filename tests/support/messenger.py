"""A messenger's server for end-to-end tests: speaks the example channel's protocol (docs/protocol/channels/webhook.md)."""

import hashlib
import hmac
import itertools
import json
import queue
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

SECRET = "bote-geheim"
WAIT_S = 30


def _sign(body: bytes) -> str:
    return "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


class Messenger:
    """Keeps what arrives for each recipient, and writes for her."""

    def __init__(self) -> None:
        self._boxes: dict[str, queue.Queue[str]] = {}
        self._numbers = itertools.count(1)
        messenger = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # the base class names it
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                right = hmac.compare_digest(self.headers.get("X-Amtslotse-Signature", ""), _sign(raw))
                if right:
                    body = json.loads(raw)
                    messenger.box(body["recipient"]).put(body["text"])
                self.send_response(200 if right else 403)
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def settings(self) -> dict[str, str]:
        """What switches the channel on in a town."""
        return {
            "AMTSLOTSE_KANAL_WEBHOOK": "1",
            "AMTSLOTSE_KANAL_WEBHOOK_URL": f"http://127.0.0.1:{self._server.server_port}/",
            "AMTSLOTSE_KANAL_WEBHOOK_SECRET": SECRET,
            "AMTSLOTSE_KANAL_WEBHOOK_CONTACT": "@stadt_beispiel",
            "AMTSLOTSE_KANAL_WEBHOOK_DSFA": "2026-10-01 Az. 10-42/26",
        }

    def box(self, name: str) -> "queue.Queue[str]":
        return self._boxes.setdefault(name, queue.Queue())

    def say(self, origin: str, name: str, text: str) -> None:
        """Write to the town."""
        raw = json.dumps({"id": f"e{next(self._numbers)}", "sender": name, "text": text}).encode()
        headers = {"X-Amtslotse-Signature": _sign(raw)}
        answer = httpx.post(
            f"{origin}/webhooks/webhook", content=raw, headers=headers, trust_env=False, timeout=30
        )
        assert answer.status_code == 202, answer.text

    def hears(self, name: str, part: str) -> str:
        """Wait for a message with these words; gives it."""
        while True:
            text = self.box(name).get(timeout=WAIT_S)
            if part in text:
                return text

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
