"""What a document may hold: shapes, as plain frozen values.

``read`` reads a document by its shape, ``json_schema`` publishes it. Amounts of money and
quantities stay the text that was written: no float ever stands for one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from loyalty.kernel.values import MAX_WHOLE


class Shape:
    """What one place of a document may hold."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Text(Shape):
    """A text of at most ``most`` characters; a number or a date that stands there is text too.

    With ``none``, nothing at all (``null``) is read as the text ``none``.
    """

    most: int = 400
    none: bool = False


@dataclass(frozen=True, slots=True)
class Slug(Shape):
    """A lower-case name for machines: letters, digits, hyphens and underscores."""


@dataclass(frozen=True, slots=True)
class Flag(Shape):
    """``true`` or ``false``; ``only`` allows one of them."""

    only: bool | None = None


@dataclass(frozen=True, slots=True)
class Int(Shape):
    """A whole number from ``least`` to ``most``."""

    least: int = 0
    most: int = MAX_WHOLE


@dataclass(frozen=True, slots=True)
class Number(Shape):
    """A plain number from ``least`` to ``most``, read from its text.

    It is handed over as an int, or as text when it has a fraction.
    """

    least: int = 0
    most: int = MAX_WHOLE


@dataclass(frozen=True, slots=True)
class Money(Shape):
    """A quoted decimal in the currency's unit; handed over as that text."""

    signed: bool = False


@dataclass(frozen=True, slots=True)
class Qty(Shape):
    """An amount of a wallet: a whole number, or a quoted decimal, handed over as that text."""

    signed: bool = False


@dataclass(frozen=True, slots=True)
class Day(Shape):
    """A local day, ``2026-03-06``; handed over as that text."""


@dataclass(frozen=True, slots=True)
class MonthDay(Shape):
    """A month and a day, ``"03-01"``; handed over as that text."""


@dataclass(frozen=True, slots=True)
class Clock(Shape):
    """A time of the day, ``"17:40"``; ``"24:00"`` ends a day."""


@dataclass(frozen=True, slots=True)
class At(Shape):
    """A local day, a local time on a day, or an instant with its offset.

    Handed over as ISO text: ``2026-03-06`` or ``2026-03-06T17:40:00``, then the offset if given.
    """


@dataclass(frozen=True, slots=True)
class Word(Shape):
    """One of a few words."""

    words: tuple[str, ...]

    def __init__(self, *words: str) -> None:
        """Name the words."""
        object.__setattr__(self, "words", words)


@dataclass(frozen=True, slots=True)
class OneOrMore(Shape):
    """One value, or a list of them; always handed over as a list."""

    each: Shape


@dataclass(frozen=True, slots=True)
class ListOf(Shape):
    """A list of ``least`` to ``most`` values."""

    each: Shape
    least: int = 0
    most: int = 5_000


@dataclass(frozen=True, slots=True)
class MapOf(Shape):
    """A map from names, which ``names`` describes, to values."""

    names: Shape
    each: Shape


@dataclass(frozen=True, slots=True)
class Either(Shape):
    """One of several shapes; the first that takes the value is used."""

    shapes: tuple[Shape, ...]
    for_kind: dict[type, tuple[Shape, ...]] = field(compare=False, repr=False)

    def __init__(self, *shapes: Shape) -> None:
        """Name the shapes, the most specific first."""
        object.__setattr__(self, "shapes", shapes)
        object.__setattr__(self, "for_kind", {})


@dataclass(frozen=True, slots=True)
class Later(Shape):
    """A shape that is declared further down, for shapes that hold each other."""

    name: str
    shape: Callable[[], Shape] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Anything(Shape):
    """Whatever is written, for a document that another shape reads later."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a struct: its name, what it holds, and one line about it."""

    name: str
    shape: Shape
    required: bool = False
    doc: str = ""


Complaint = tuple[str, str, Mapping[str, str]]
"""A key (or ``""`` for the whole), a message, and the facts it names."""

Rule = Callable[[Mapping[str, Any]], "Complaint | None"]
"""What keys demand of each other; it sees what was read, and complains or not."""


@dataclass(frozen=True)
class Struct(Shape):
    """A map with known keys. ``name`` is what people call it; it names the schema's definition.

    ``aliases`` lead from words that other systems use to ours; ``bare`` is the key that a single
    text stands for.
    """

    name: str
    keys: tuple[Key, ...]
    rules: tuple[Rule, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    doc: str = ""
    bare: str = ""

    @cached_property
    def by_name(self) -> dict[str, Key]:
        """Return the keys by name."""
        return {key.name: key for key in self.keys}

    @cached_property
    def required(self) -> tuple[str, ...]:
        """Return the names of the keys that must be there."""
        return tuple(key.name for key in self.keys if key.required)


@dataclass(frozen=True)
class Tagged(Shape):
    """A map whose key ``tag`` decides which other keys it takes."""

    name: str
    tag: str
    common: tuple[Key, ...]
    kinds: Mapping[str, tuple[Key, ...]]
    rules: tuple[Rule, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def structs(self) -> dict[str, Struct]:
        """Return the whole struct of each kind."""
        tag = Key(self.tag, Word(*self.kinds), required=True)
        return {
            kind: Struct(f"{self.name} {kind}", (tag, *self.common, *own), self.rules, self.aliases)
            for kind, own in self.kinds.items()
        }
