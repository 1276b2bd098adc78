"""Killing a server again and again while tills sell."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic, sleep

from admin.demo.dice import Dice
from tests.reliability.processes import WebServer
from tests.reliability.tills import Till, total
from tests.reliability.waiting import wait_until

LONGEST_LIFE_MS = 700


@dataclass(frozen=True, slots=True)
class Carnage:
    """What happened: how often it was killed, and what the tills counted."""

    kills: int
    seconds: float
    counts: Counter[str]
    surprises: tuple[str, ...]

    def __str__(self) -> str:
        names = ("acknowledged", "taken back", "unanswered", "hung up", "replayed", "unavailable")
        told = ", ".join(f"{self.counts[name]} {name}" for name in names)
        return f"{self.kills} kills in {self.seconds:.0f} s: {told}"


def kill_while_selling(
    server: WebServer,
    tills: Sequence[Till],
    *,
    kills: int,
    seed: str,
    longest_life_ms: int = LONGEST_LIFE_MS,
) -> Carnage:
    """Kill a started server ``kills`` times, each at a random moment after a sale of its life.

    Every till finishes the sale it has in hand before this returns.
    """
    dice, closing = Dice("kill", seed), threading.Event()
    started = monotonic()
    with ThreadPoolExecutor(len(tills)) as pool:
        shifts = [pool.submit(till.work, closing) for till in tills]
        try:
            for _ in range(kills):
                _wait_for_sales(tills)
                sleep(dice.between(0, longest_life_ms) / 1000)
                server.kill()
                server.start()
            _wait_for_sales(tills)
        finally:
            closing.set()
        for shift in shifts:
            shift.result()
    surprises = tuple(one for till in tills for one in till.surprises)
    return Carnage(kills, monotonic() - started, total(tills), surprises)


def _wait_for_sales(tills: Sequence[Till]) -> None:
    """Return once the server that runs now has acknowledged a sale."""
    before = total(tills)["acknowledged"]
    wait_until(lambda: total(tills)["acknowledged"] > before, "a sale")
