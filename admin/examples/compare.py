"""Exact comparison of what an example expects with what came out, leaf by leaf.

A mapping is asked only about the keys that it names; a list is compared whole. What came out says
itself how it is compared: money to the minor unit, amounts of a wallet to the smallest unit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from admin.examples.amounts import grains, scaled, spelled


class Leaf(Protocol):
    """A value that knows when a file means it."""

    def matches(self, wanted: Any) -> bool:
        """Tell whether ``wanted`` is this value."""

    def show(self) -> str:
        """Return the value as a file would write it."""


@dataclass(frozen=True, slots=True)
class Cash:
    """Money in minor units of a currency with ``digits`` decimals."""

    minor: int
    digits: int

    def matches(self, wanted: Any) -> bool:
        """Tell whether ``wanted`` is this amount, to the minor unit."""
        try:
            return scaled(wanted, self.digits) == self.minor
        except ValueError:
            return False

    def show(self) -> str:
        """Return the amount in units: ``27.60``."""
        return spelled(self.minor, self.digits)


@dataclass(frozen=True, slots=True)
class Held:
    """An amount of a wallet in grains; ``decimals`` are the wallet's."""

    grains: int
    decimals: int = 0

    def matches(self, wanted: Any) -> bool:
        """Tell whether ``wanted`` is this amount, to the smallest unit."""
        try:
            return grains(wanted, self.decimals) == self.grains
        except ValueError:
            return False

    def show(self) -> str:
        """Return the amount in the wallet's unit."""
        return spelled(self.grains, self.decimals)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """A value that may be written in several ways; the first is shown."""

    ways: tuple[Any, ...]

    def matches(self, wanted: Any) -> bool:
        """Tell whether ``wanted`` is one of the ways."""
        return any(same(wanted, way) for way in self.ways)

    def show(self) -> str:
        """Return the first way."""
        return shown(self.ways[0]) if self.ways else "nothing"


class Named(dict[str, Any]):
    """A mapping whose missing names mean ``missing``: zero, none, nothing.

    ``alone`` is what a file means that writes one value instead of a mapping.
    """

    def __init__(self, found: Mapping[str, Any], missing: Any = None, alone: Any = None) -> None:
        """Keep what was found."""
        super().__init__(found)
        self.missing = missing
        self.alone = alone


@dataclass(frozen=True, slots=True)
class Compared:
    """One leaf of an expectation: where, and whether it came out."""

    path: str
    passed: bool
    wanted: str
    got: str


def compare(wanted: Any, got: Any, path: str) -> Iterator[Compared]:
    """Yield one comparison for each leaf of ``wanted``, in the file's order."""
    if isinstance(wanted, Mapping) and isinstance(got, Mapping):
        missing = got.missing if isinstance(got, Named) else None
        for key, value in wanted.items():
            yield from compare(value, got.get(str(key), missing), f"{path}.{key}")
        return
    if isinstance(got, Named) and got.alone is not None:
        got = got.alone
    yield Compared(path, same(wanted, got), shown(wanted), shown(got))


def same(wanted: Any, got: Any) -> bool:
    """Tell whether everything that ``wanted`` names is so in ``got``."""
    if isinstance(got, Named) and got.alone is not None and not isinstance(wanted, Mapping):
        got = got.alone
    if isinstance(got, AnyOf):
        return got.matches(wanted)
    if isinstance(wanted, Mapping):
        missing = got.missing if isinstance(got, Named) else None
        return isinstance(got, Mapping) and all(
            same(value, got.get(str(key), missing)) for key, value in wanted.items()
        )
    if isinstance(wanted, list | tuple):
        return (
            isinstance(got, list | tuple)
            and len(wanted) == len(got)
            and all(same(*pair) for pair in zip(wanted, got, strict=True))
        )
    return _same_scalar(wanted, got)


def _same_scalar(wanted: Any, got: Any) -> bool:
    if got is None or isinstance(got, Mapping | list | tuple):
        return False
    if hasattr(got, "matches"):
        return bool(got.matches(wanted))
    if isinstance(got, bool) or isinstance(wanted, bool):
        return wanted is got
    return str(wanted) == (got.isoformat() if isinstance(got, date) else str(got))


def shown(value: Any) -> str:
    """Return a value as a file would write it, on one line."""
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {shown(one)}" for key, one in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(shown(one) for one in value) + "]"
    return str(value.show() if hasattr(value, "show") else value)
