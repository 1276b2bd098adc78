"""An application of ours, served inside the process of its test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class _Quiet(WSGIRequestHandler):
    """Says nothing about requests that went as they should."""

    def log_request(self, *_: object) -> None:
        """Leave the report to what matters."""


class _Later:
    """A WSGI application that is made once its address is known."""

    made: Application

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        return self.made(environ, start)


@contextmanager
def served(make: Callable[[str], Application]) -> Iterator[str]:
    """Serve what ``make`` makes of its address, from threads, as long as the block lasts.

    Gives the address, on a loopback port of its own.
    """
    later = _Later()
    server = make_server("127.0.0.1", 0, later, threaded=True, request_handler=_Quiet)
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        later.made = make(url)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield url
        finally:
            server.shutdown()
            thread.join()
    finally:
        server.server_close()
