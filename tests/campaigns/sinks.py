"""The other side: a real SMTP server and a real SMS gateway that do as they are told."""

from __future__ import annotations

import json
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller


class MailSink:
    """Takes mail and counts it by Message-ID; ``answers`` decide per recipient."""

    def __init__(self) -> None:
        self.received: list[str] = []
        self.answers: dict[str, str] = {}
        self.sender_answer = "250 OK"
        self.drop_after_data = 0
        self.on_message: Callable[[str], None] = lambda _: None
        self.sessions = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):  # noqa: N802 - theirs
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802 - theirs
        envelope.mail_from = address
        return self.sender_answer

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - theirs
        answer = self.answers.get(address, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - theirs
        mail = message_from_bytes(envelope.content)
        self.received.append(mail["Message-ID"].strip("<>").partition("@")[0])
        self.on_message(envelope.rcpt_tos[0])
        if self.drop_after_data > 0:
            self.drop_after_data -= 1
            server.transport.abort()
        return self.answers.get(f"data:{envelope.rcpt_tos[0]}", "250 OK")

    @property
    def counts(self) -> Counter[str]:
        return Counter(self.received)


@contextmanager
def mail_sink() -> Iterator[tuple[MailSink, str]]:
    """Run an SMTP server on loopback; give it and its address."""
    sink = MailSink()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield sink, f"smtp://127.0.0.1:{port}"
    finally:
        controller.stop()


class SmsSink:
    """Takes SMS over HTTP; ``answer`` decides what it says, ``silent`` never answers."""

    def __init__(self) -> None:
        self.received: list[dict[str, Any]] = []
        self.known: dict[str, dict[str, Any]] = {}
        self.answer: tuple[int, dict[str, str]] = (201, {})
        self.silent = False
        self.look_up = True
        self.release = threading.Event()


@contextmanager
def sms_sink() -> Iterator[tuple[SmsSink, str]]:
    """Run a gateway on loopback; give it and its address."""
    sink = SmsSink()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args):
            """Say nothing."""

        def do_POST(self):
            document = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            key = self.headers["Idempotency-Key"]
            status, headers = sink.answer
            if status < 300:
                sink.known.setdefault(key, document)
            sink.received.append({**document, "key": key, "token": self.headers["Authorization"]})
            if sink.silent:
                sink.release.wait(10)
                return
            self._answer(status, {"id": f"gw-{key}"}, headers)

        def do_GET(self):
            key = self.path.rsplit("/", 1)[1]
            status = 501 if not sink.look_up else 200 if key in sink.known else 404
            self._answer(status, {}, {})

        def _answer(self, status, document, headers):
            octets = json.dumps(document).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(octets))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(octets)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield sink, f"http://127.0.0.1:{server.server_port}/sms"
    finally:
        sink.release.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
