"""An SMTP server in a process of its own that takes mail and forgets it."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def smtp_sink() -> Iterator[str]:
    """Run a sink in a process of its own, so that its CPU time is not ours; give its address."""
    command = [sys.executable, "-c", "from bench.smtp_sink import sink; sink()"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"smtp://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def sink() -> None:
    """Take mail and forget it, saying yes to everything, until terminated."""
    asyncio.run(_serve())


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Sink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


_ANSWERS = {b"DATA": b"354 go\r\n", b"QUIT": b"221 bye\r\n"}


class _Sink(asyncio.Protocol):
    """The least that is an SMTP server."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self.line, self.rest, self.in_data = transport, b"", False
        self.line.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer each command, and the end of each mail."""
        self.rest += data
        while True:
            end = b"\r\n.\r\n" if self.in_data else b"\r\n"
            head, found, rest = self.rest.partition(end)
            if not found:
                return
            self.rest = rest
            verb = b"" if self.in_data else head[:4].upper()
            self.in_data = verb == b"DATA"
            self.line.write(_ANSWERS.get(verb, b"250 ok\r\n"))
