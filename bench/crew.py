"""Several processes that do one thing again and again, started together and timed together."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

from loyalty.kernel.clock import monotonic, process_seconds

Act = Callable[[], object]
Prepare = Callable[[int], Act]
"""Given the number of the process, return what it does again and again."""

_SPAWN = multiprocessing.get_context("fork")


@dataclass(frozen=True, slots=True)
class Done:
    """What a crew did: how often, and each act's milliseconds, the shortest first."""

    count: int
    seconds: float
    cpu_seconds: float
    millis: list[float]

    @property
    def per_second(self) -> float:
        """Return acts a second of the whole crew."""
        return self.count / self.seconds

    def percentile(self, share: float) -> float:
        """Return the milliseconds that ``share`` of the acts stayed below."""
        return self.millis[min(len(self.millis) - 1, int(len(self.millis) * share))]


def work(prepare: Prepare, *, processes: int, seconds: float, around: Act | None = None) -> Done:
    """Let ``processes`` act for ``seconds``, after a tenth of it that does not count.

    ``around`` is called when counting begins and when it ends, before anybody leaves.
    """
    gate = _SPAWN.Barrier(processes + 1)
    pipes, crew = [], []
    for number in range(processes):
        ours, theirs = _SPAWN.Pipe(duplex=False)
        one = _SPAWN.Process(target=_act, args=(prepare, number, seconds, gate, theirs))
        one.start()
        pipes.append(ours)
        crew.append(one)
    gate.wait()
    if around is not None:
        around()
    reports = [pipe.recv() for pipe in pipes]
    if around is not None:
        around()
    gate.wait()
    for one in crew:
        one.join()
    return Done(
        count=sum(len(report["millis"]) for report in reports),
        seconds=max(report["seconds"] for report in reports),
        cpu_seconds=sum(report["cpu"] for report in reports),
        millis=sorted(ms for report in reports for ms in report["millis"]),
    )


def _act(
    prepare: Prepare, number: int, seconds: float, gate: Barrier, report: Connection[Any, Any]
) -> None:
    """Be one of the crew."""
    act = prepare(number)
    _until(act, monotonic() + seconds / 10)
    gate.wait()
    started, cpu = monotonic(), process_seconds()
    millis = _until(act, started + seconds)
    report.send(
        {"millis": millis, "seconds": monotonic() - started, "cpu": process_seconds() - cpu}
    )
    gate.wait()


def _until(act: Act, end: float) -> list[float]:
    millis = []
    while (before := monotonic()) < end:
        act()
        millis.append((monotonic() - before) * 1000)
    return millis
