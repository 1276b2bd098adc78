"""The application served inside the test's own process, to be watched while its ground shakes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

from admin.app import create_app
from loyalty.kernel.access.principals import PrincipalKind
from loyalty.kernel.runtime import Runtime, open_runtime
from loyalty.kernel.settings import Settings
from tests.services.web import served

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
    try:
        with served(lambda _: create_app(runtime)) as url:
            yield Inside(runtime, int(url.rpartition(":")[2]))
    finally:
        runtime.database.dispose()
