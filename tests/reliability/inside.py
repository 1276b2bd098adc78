"""The application served inside the test's own process, to be watched while its ground shakes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from admin.app import create_app
from loyalty.kernel.access.principals import PrincipalKind
from loyalty.kernel.runtime import Runtime, open_runtime
from loyalty.kernel.settings import Settings

SESSIONS = "; ".join(f"palier-{kind.value}=a-token-to-look-up" for kind in PrincipalKind)


@dataclass(frozen=True, slots=True)
class Inside:
    """The running application."""

    runtime: Runtime
    port: int

    def see(self, path: str) -> tuple[int, dict[str, str], str]:
        """Open a page as a browser with sessions of every kind; return status, headers, text."""
        headers = {"Accept": "text/html", "Connection": "close", "Cookie": SESSIONS}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, headers, answer.read().decode()
        finally:
            connection.close()


class _Quiet(WSGIRequestHandler):
    """Says nothing about requests that went as they should."""

    def log_request(self, *_: object) -> None:
        """Leave the report to what matters."""


@contextmanager
def inside(settings: Settings, **parts: Any) -> Iterator[Inside]:
    """Serve the application under ``settings`` from threads of this process.

    ``parts`` take the place of parts of its runtime: a database with a short patience, say.
    """
    opened = open_runtime(settings)
    runtime = Runtime(
        settings=settings,
        database=parts.get("database", opened.database),
        keys=opened.keys,
        cache=parts.get("cache", opened.cache),
    )
    server = make_server("127.0.0.1", 0, create_app(runtime), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield Inside(runtime, server.server_port)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        runtime.database.dispose()
