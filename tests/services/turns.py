"""Counting round trips: a relay between a client and PostgreSQL that hears who speaks when."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy.engine import make_url

from tests.services.server import new_folder

_NAME = ".s.PGSQL.5432"


class Turns:
    """How often a client has spoken and then waited; ``url`` is where it is listened to."""

    def __init__(self, url: str) -> None:
        self.count = 0
        real = make_url(url)
        self._real = Path(str(real.query["host"])) / _NAME
        self._folder = new_folder()
        self.url = real.update_query_dict({"host": str(self._folder)})
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(self._folder / _NAME))
        self._door.listen()
        threading.Thread(target=self._welcome, daemon=True).start()

    def close(self) -> None:
        """Let nobody in any more."""
        self._door.close()
        (self._folder / _NAME).unlink()
        self._folder.rmdir()

    def _welcome(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._door.accept()
                threading.Thread(target=self._relay, args=(client,), daemon=True).start()

    def _relay(self, client: socket.socket) -> None:
        server = socket.socket(socket.AF_UNIX)
        server.connect(str(self._real))
        other, answered = {client: server, server: client}, True
        with client, server, suppress(OSError):
            while True:
                for speaker in select.select([client, server], [], [])[0]:
                    said = speaker.recv(65536)
                    if not said:
                        return
                    if speaker is client and answered:
                        self.count += 1
                    answered = speaker is server
                    other[speaker].sendall(said)


@contextmanager
def turns(url: str) -> Iterator[Turns]:
    """Listen between whoever connects to the ``url`` given out and the server behind ``url``."""
    found = Turns(url)
    yield found
    found.close()
