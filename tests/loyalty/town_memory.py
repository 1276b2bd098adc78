"""What a walk through the town remembers, to ask for it again, undo it or end it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass
class Posted:
    """A posting that may be undone: what it gave, or what it took; ``None`` was owed."""

    who: Any
    unit: str
    points: list[Any]
    given: bool = False
    back: int = 0


@dataclass
class Kept:
    """Points that are held: by a hold, or by a redemption."""

    who: Any
    unit: str
    points: int
    until: datetime
    state: str = "open"
    asked: int = 0


@dataclass
class Redeemed:
    """Points that pay or bought a reward; ``kept`` while they are only held for it."""

    who: Any
    points: int
    state: str
    taken: list[Any]
    kept: Any = None
    cups: int = 0
    voucher: str = ""


@dataclass
class Memory:
    """What the walk remembers, to ask for it again."""

    posted: dict[tuple[Any, str, int], Posted] = field(default_factory=dict)
    holds: dict[Any, Kept] = field(default_factory=dict)
    bought: list[Any] = field(default_factory=list)
    past: list[Any] = field(default_factory=list)
    pools: dict[Any, dict[Any, Counter[str]]] = field(default_factory=dict)
    merges: list[Any] = field(default_factory=list)
    asked: dict[Any, Any] = field(default_factory=dict)
    counts: Counter[Any] = field(default_factory=Counter)
    redemptions: dict[Any, Redeemed] = field(default_factory=dict)
    vouchers: dict[Any, Any] = field(default_factory=dict)
    cards: dict[str, int] = field(default_factory=dict)
