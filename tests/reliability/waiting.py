"""Waiting for something to come about, never for time to pass."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep


def wait_until(reached: Callable[[], object], what: str, *, seconds: float = 30) -> None:
    """Return as soon as ``reached`` is true.

    Raises:
        AssertionError: ``what`` has not come about within ``seconds``.
    """
    until = monotonic() + seconds
    while not reached():
        assert monotonic() < until, f"{what} within {seconds} s"
        sleep(0.01)
