"""What a worked example is once it is read, and what running it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Plain = Mapping[str, Any]
"""A mapping as the file wrote it: money and rates as text, days as ISO text, counts as ints."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a file, a line from 1, a path such as ``steps[1].expect.total``."""

    file: str
    line: int
    path: str


@dataclass(frozen=True, slots=True)
class Fault:
    """A reason for which a document does not run at all.

    ``message`` has the names of ``facts`` in braces; ``suggestion`` is what was probably meant.
    """

    place: Place
    message: str
    facts: Mapping[str, str] = field(default_factory=dict)
    suggestion: str = ""

    @property
    def sentence(self) -> str:
        """Return the message with its facts and the suggestion."""
        said = self.message.format(**self.facts)
        if not self.suggestion:
            return said
        shown = self.suggestion if '"' in self.suggestion else f"'{self.suggestion}'"
        return f"{said}; did you mean {shown}?"


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency: its decimals, and the step that cash is rounded to, in minor units."""

    code: str = "EUR"
    minor_digits: int = 2
    rounds_to_minor: int = 1


@dataclass(frozen=True, slots=True)
class Step:
    """One dated thing that happens.

    ``number`` counts from 1; ``path`` is ``steps[0]`` for the first. Instants are UTC: the clock
    stands at ``posted_at``; ``occurred_at`` differs for a till that sends late. ``asked`` is what
    the verb carries: a mapping nearly always, text for ``run: expiry``. ``expect`` is the tree as
    written. ``repeat`` is how often the request is made in all, one after the other; ``parallel``
    how often at once.
    """

    number: int
    path: str
    at: datetime
    occurred_at: datetime
    posted_at: datetime
    verb: str
    asked: Any
    expect: Plain = field(default_factory=dict)
    repeat: int = 1
    parallel: int = 1
    any_order: tuple[str, ...] = ()
    source: str | None = None
    extension: Plain | None = None

    def cause(self, nth: int = 0) -> str:
        """Return the cause key of a request: the file's own, or one for each request."""
        return self.source or f"examples:{self.number}" + (f":{nth}" if nth else "")


@dataclass(frozen=True, slots=True)
class Story:
    """One document of a file.

    ``programme`` is resolved (preset or path read, ``with`` merged), a plain JSON document that
    the programme's compiler understands, the keys of the offer policy at its root included; it is
    empty without a programme. ``lines`` maps the path of every value of the document to its line.
    """

    place: Place
    title: str
    currency: Currency
    zone: str
    steps: tuple[Step, ...]
    tags: frozenset[str] = frozenset()
    prices: str = "tax_included"
    tax_rounding: str = "per_rate_total"
    tax_half_cent: str = "to_net"
    programme: Plain = field(default_factory=dict)
    articles: Mapping[str, Plain] = field(default_factory=dict)
    offers: tuple[Plain, ...] = ()
    stores: Mapping[str, Plain] = field(default_factory=dict)
    staff: Mapping[str, Plain] = field(default_factory=dict)
    members: Mapping[str, Plain] = field(default_factory=dict)
    gift_cards: Plain = field(default_factory=dict)
    audiences: Plain = field(default_factory=dict)
    used: Plain = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[Fault, ...] = ()

    def at(self, path: str) -> Place:
        """Return the place of ``path``, or of the nearest value around it that has a line."""
        near = path
        while near and near not in self.lines:
            near = near[: max(near.rfind("."), near.rfind("["), 0)]
        return Place(self.place.file, self.lines.get(near, self.place.line), path)


@dataclass(frozen=True, slots=True)
class Expectation:
    """One value that a step expects: a scalar or a whole list, one line of output."""

    place: Place
    wanted: Any


@dataclass(frozen=True, slots=True)
class Finding:
    """What became of one expectation; ``note`` explains where an explanation helps."""

    place: Place
    passed: bool
    wanted: str = ""
    got: str = ""
    note: str = ""
