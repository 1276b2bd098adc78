"""From the text of a document to a story, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from admin.examples.asking import asked_of, expected_of
from admin.examples.naming import check_names
from admin.examples.resolving import Programmes
from admin.examples.story import Currency, Fault, Place, Plain, Step, Story
from admin.examples.timing import Instants
from admin.examples.vocabulary import DOCUMENT, VERBS
from loyalty.kernel.problems import N_
from loyalty.kernel.shapes import Fault as ShapeFault
from loyalty.kernel.shapes import Faults, ListNode, MapNode, Node, TextNode, documents, read
from loyalty.kernel.shapes.scalars import word_meant
from loyalty.queries import digits_of

DEFAULT_ZONE = "Europe/Paris"
DEFAULT_CURRENCY = "EUR"


def read_stories(text: str, *, file: str, folder: Path) -> Iterator[Story | tuple[Fault, ...]]:
    """Yield the story of each document of ``text``, or the faults for which it cannot run.

    ``file`` is the name that places are given; paths of programmes start at ``folder``.
    """
    for node, faults in documents(text):
        if node is None:
            yield placed(faults.found, file)
        else:
            yield story_of(node, faults, file=file, folder=folder)


def placed(faults: list[ShapeFault], file: str) -> tuple[Fault, ...]:
    """Return faults of a document with the file they were found in."""
    return tuple(
        Fault(Place(file, one.line, one.path), one.message, one.facts, one.suggestion)
        for one in faults
    )


@dataclass(slots=True)
class _Reading:
    """One document while it is read."""

    node: MapNode
    file: str
    faults: Faults
    given: dict[str, Any]


def story_of(node: Node, faults: Faults, *, file: str, folder: Path) -> Story | tuple[Fault, ...]:
    """Return the story that ``node`` tells, or the faults for which it cannot run."""
    if not isinstance(node, MapNode):
        faults.add(None, node.line, N_("an example is a map of keys"))
        return placed(faults.found, file)
    programmes = Programmes(file, folder, faults)
    programmes.prepare(node)
    faults.digits = _digits(node)
    given = read(DOCUMENT, node, faults)
    reading = _Reading(node, file, faults, given)
    if faults:
        return placed(faults.found, file)
    programme = programmes.of(given, node)
    if programmes.foreign or faults:
        return (*placed(faults.found, file), *programmes.foreign)
    currency = _currency(given.get("currency", programme.get("currency", DEFAULT_CURRENCY)))
    zone = _zone(reading, given.get("zone", programme.get("zone", DEFAULT_ZONE)))
    if zone is None:
        return placed(faults.found, file)
    if programme or "with" in given:
        programme = programmes.current = _at_home(programme, currency, str(zone))
    steps = _steps(reading, zone)
    for step in steps:
        programmes.publish(step, node)
    story = Story(
        place=Place(file, node.line, ""),
        title=given.get("example", ""),
        currency=currency,
        zone=str(zone),
        steps=tuple(steps),
        tags=frozenset(given.get("tags", ())),
        prices=given.get("prices", "tax_included"),
        tax_rounding=given.get("tax_rounding", "per_rate_total"),
        tax_half_cent=given.get("tax_half_cent", "to_net"),
        programme=programme,
        articles=given.get("articles", {}),
        offers=tuple(given.get("offers", ())),
        stores=given.get("stores", {}),
        staff=given.get("staff", {}),
        members=given.get("members", {}),
        gift_cards=given.get("gift_cards", {}),
        audiences=given.get("audiences", {}),
        used=given.get("used", {}),
        lines=lines_of(node),
    )
    check_names(story, faults)
    if faults or programmes.foreign:
        return (*placed(faults.found, file), *programmes.foreign)
    return story


def lines_of(node: Node) -> dict[str, int]:
    """Return the line of every value below ``node`` by its path: ``steps[0].expect.total``."""
    lines: dict[str, int] = {"": node.line}
    _note_lines(node, "", lines)
    return lines


def _note_lines(node: Node, path: str, lines: dict[str, int]) -> None:
    if isinstance(node, MapNode):
        for key, one in node.pairs.items():
            here = f"{path}.{key}" if path else key
            lines[here] = one.line
            if type(one) is not TextNode:
                _note_lines(one, here, lines)
    elif isinstance(node, ListNode):
        for number, one in enumerate(node.items):
            here = f"{path}[{number}]"
            lines[here] = one.line
            if type(one) is not TextNode:
                _note_lines(one, here, lines)


def _digits(node: MapNode) -> int | None:
    """Return the decimals of the currency that the file names, before the file is read."""
    named = node.pairs.get("currency")
    if isinstance(named, MapNode):
        digits, code = named.pairs.get("minor_digits"), named.pairs.get("code")
        if isinstance(digits, TextNode) and digits.text in {"0", "1", "2", "3", "4"}:
            return int(digits.text)
        named = code
    if isinstance(named, TextNode):
        return digits_of({"currency": named.text})
    return None if "programme" in node.pairs else digits_of({})


def _currency(given: Any) -> Currency:
    if not isinstance(given, Mapping):
        return Currency(str(given), digits_of({"currency": given}))
    digits = digits_of({"currency": given})
    return Currency(str(given["code"]), digits, _cash_step(given.get("rounds_to", 1), digits))


def _cash_step(given: Any, digits: int) -> int:
    """Return what cash is rounded to in minor units: an integer is that, text counts units."""
    if isinstance(given, int):
        return max(given, 1)
    try:
        return max(int(Decimal(str(given)).scaleb(digits)), 1)
    except InvalidOperation:
        return 1


def _zone(reading: _Reading, name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        near = word_meant(name, tuple(sorted(available_timezones())))
        line = reading.node.lines.get("zone", reading.node.line)
        reading.faults.add(
            (None, "zone"), line, N_("there is no time zone {zone}"), near, zone=name
        )
        return None


def _at_home(programme: Plain, currency: Currency, zone: str) -> dict[str, Any]:
    """Return the programme in the currency and the zone of the file."""
    plain = digits_of({"currency": currency.code}) == currency.minor_digits
    whole = {"code": currency.code, "minor_digits": currency.minor_digits}
    return {**programme, "currency": currency.code if plain else whole, "zone": zone}


def _steps(reading: _Reading, zone: ZoneInfo) -> list[Step]:
    steps: list[Step] = []
    nodes = reading.node.pairs.get("steps")
    instants = Instants(zone, reading.faults)
    for number, given in enumerate(reading.given.get("steps", ())):
        assert isinstance(nodes, ListNode)
        node = nodes.items[number]
        assert isinstance(node, MapNode)
        verb = next(key for key in given if key in VERBS)
        path = ((None, "steps"), number)
        at, occurred_at, posted_at = instants.of(given, node, path, verb)
        verb, asked = asked_of(verb, given[verb])
        steps.append(
            Step(
                number=number + 1,
                path=f"steps[{number}]",
                at=at,
                occurred_at=occurred_at,
                posted_at=posted_at,
                verb=verb,
                asked=asked,
                expect=expected_of(node.pairs.get("expect")),
                repeat=given.get("repeat", 1),
                parallel=given.get("parallel", 1),
                any_order=tuple(given.get("any_order", ())),
                source=given.get("source"),
                extension=given.get("extension"),
            )
        )
    return steps
