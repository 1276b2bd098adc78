"""A load that costs next to nothing: requests made beforehand, sent by one process over sockets."""

from __future__ import annotations

import selectors
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.load import Measured, Request, percentile
from loyalty.kernel.clock import monotonic

_END = b"\r\n\r\n"


@dataclass(slots=True)
class _Connection:
    """One kept connection with one request on its way."""

    socket: socket.socket
    waiting: Iterator[bytes]
    since: float = 0.0
    heard: bytes = b""

    def send(self) -> bool:
        """Send the next request; ``False`` when there is none left."""
        request = next(self.waiting, None)
        if request is None:
            return False
        self.since, self.heard = monotonic(), b""
        self.socket.sendall(request)
        return True

    def hear(self) -> int:
        """Read what has come; return the status of a complete answer, or 0."""
        self.heard += self.socket.recv(65536)
        head, found, body = self.heard.partition(_END)
        if not found:
            return 0
        length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        return int(head[9:12]) if len(body) >= int(length) else 0


def written(requests: Iterator[Request], count: int) -> list[bytes]:
    """Write down the next requests as they go over the wire."""
    texts = []
    for (method, path, body, headers), _ in zip(requests, range(count), strict=False):
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        texts.append("\r\n".join(lines).encode() + _END + body)
    return texts


def play(port: int, requests: Sequence[Sequence[bytes]], *, seconds: float) -> Measured:
    """Send each connection's requests, one after the other, until the time is over."""
    selector = selectors.DefaultSelector()
    crew = [
        _Connection(socket.create_connection(("127.0.0.1", port)), iter(own)) for own in requests
    ]
    for one in crew:
        one.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(one.socket, selectors.EVENT_READ, one)
    times: list[float] = []
    refused = 0
    began = monotonic()
    busy = sum(one.send() for one in crew)
    while busy:
        for key, _ in selector.select():
            one = key.data
            status = one.hear()
            if not status:
                continue
            now = monotonic()
            times.append((now - one.since) * 1000)
            refused += status >= 400
            if now - began > seconds or not one.send():
                busy -= 1
    spent = monotonic() - began
    for one in crew:
        one.socket.close()
    times.sort()
    return Measured(
        requests=len(times),
        per_second=len(times) / spent,
        p50=percentile(times, 50),
        p95=percentile(times, 95),
        p99=percentile(times, 99),
        refused=refused,
    )
