"""Long runs in parts: which seeds are still to be done, and what was done, in a file.

``PALIER_SOAK_DONE`` names the file; a seed that stands in it is left out. ``PALIER_SEEDS``, like
``0-19``, keeps a run to some of them. Without either, every seed is done.
"""

from __future__ import annotations

import os
from pathlib import Path
from time import monotonic

_started = monotonic()


def seeds_left(part: str, count: int) -> list[int]:
    """Return the seeds from 0 to ``count - 1`` of a part that this run should do."""
    low, _, high = os.environ.get("PALIER_SEEDS", f"0-{count - 1}").partition("-")
    done = {seed for name, seed, _ in read_done() if name == part}
    return [one for one in range(int(low), min(count, int(high or low) + 1)) if one not in done]


def note_done(part: str, seed: int, operations: int) -> None:
    """Write down that a seed of a part was done, without any divergence."""
    path = os.environ.get("PALIER_SOAK_DONE")
    if path:
        with Path(path).open("a") as file:
            file.write(f"{part} {seed} {operations} {monotonic() - _started:.0f}\n")


def read_done() -> list[tuple[str, int, int]]:
    """Return the part, seed and operations of everything that was done."""
    path = Path(os.environ.get("PALIER_SOAK_DONE", ""))
    lines = path.read_text().splitlines() if path.is_file() else []
    words = [line.split() for line in lines]
    return [(part, int(seed), int(operations)) for part, seed, operations, _ in words]
