"""Load: a bounded number of requests over kept connections, and how long each took."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

Request = tuple[str, str, bytes, dict[str, str]]
"""Method, path, body, headers."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run of requests took; times in milliseconds."""

    requests: int
    per_second: float
    p50: float
    p95: float
    p99: float
    refused: int


def measure(
    port: int,
    requests_of: Callable[[int], Iterator[Request]],
    *,
    connections: int = 8,
    seconds: float = 5.0,
) -> Measured:
    """Send the requests of each connection for ``seconds``; one process a connection.

    ``requests_of(n)`` makes the requests of connection ``n``; it runs in that process.
    """
    context = multiprocessing.get_context("fork")
    results = context.SimpleQueue()
    start = context.Barrier(connections)
    processes = [
        context.Process(target=_send, args=(_Sender(port, n, seconds), requests_of, start, results))
        for n in range(connections)
    ]
    for process in processes:
        process.start()
    gathered = [results.get() for _ in processes]
    for process in processes:
        process.join()
    times = sorted(one for times, _, _ in gathered for one in times)
    longest = max(spent for _, _, spent in gathered)
    return Measured(
        requests=len(times),
        per_second=len(times) / longest,
        p50=percentile(times, 50),
        p95=percentile(times, 95),
        p99=percentile(times, 99),
        refused=sum(refused for _, refused, _ in gathered),
    )


@dataclass(frozen=True, slots=True)
class _Sender:
    """One connection: where it goes, which one it is, how long it sends."""

    port: int
    number: int
    seconds: float


def _send(
    sender: _Sender,
    requests_of: Callable[[int], Iterator[Request]],
    start: Any,
    results: Any,
) -> None:
    """Send one connection's requests, in a process of its own."""
    connection = HTTPConnection("127.0.0.1", sender.port, timeout=30)
    connection.connect()
    times: list[float] = []
    refused = 0
    waiting = requests_of(sender.number)
    start.wait()
    began = time.perf_counter()
    for method, path, body, headers in waiting:
        before = time.perf_counter()
        if before - began > sender.seconds:
            break
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        times.append((time.perf_counter() - before) * 1000)
        refused += answer.status >= 400
    results.put((times, refused, time.perf_counter() - began))


def percentile(times: list[float], percent: int) -> float:
    """Return the time that ``percent`` of the calls stayed below."""
    if len(times) < 2:
        return times[0] if times else 0.0
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]
