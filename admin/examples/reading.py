"""From the text of a document to a story."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from admin.examples.story import Currency, Fault, Place, Step, Story
from loyalty.queries import preset_document

_BESIDE = {
    *("at", "occurred_at", "posted_at", "expect", "repeat", "parallel", "any_order"),
    *("source", "extension"),
}


def read_stories(text: str, *, file: str, folder: Path) -> Iterator[Story | tuple[Fault, ...]]:
    """Yield the story of each document, or the faults for which it cannot run."""
    del folder
    for node in yaml.compose_all(text, yaml.CSafeLoader):
        lines: dict[str, int] = {}
        document = _plain(node, "", lines)
        yield _story(document, lines, file, node.start_mark.line + 1)


def _plain(node: Any, path: str, lines: dict[str, int]) -> Any:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        found = {}
        for key, value in node.value:
            found[key.value] = _plain(value, f"{path}.{key.value}" if path else key.value, lines)
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_plain(one, f"{path}[{n}]", lines) for n, one in enumerate(node.value)]
    if not node.style and node.value in {"true", "false"}:
        return node.value == "true"
    digits = node.value.removeprefix("-")
    if not node.style and digits.isdigit() and (digits == "0" or digits[0] != "0"):
        return int(node.value)
    return node.value


def _story(document: dict[str, Any], lines: dict[str, int], file: str, line: int) -> Story:
    money = document.get("currency", "EUR")
    money = money if isinstance(money, Mapping) else {"code": money}
    currency = Currency(money.get("code", "EUR"), money.get("minor_digits", 2))
    zone = document.get("zone", "Europe/Paris")
    programme = document.get("programme", {})
    if isinstance(programme, str):
        programme = preset_document(programme.removeprefix("preset:"))
    if programme or "with" in document:
        programme = {**programme, **document.get("with", {}), "zone": zone}
        programme["currency"] = currency.code
    steps, before = [], None
    for number, one in enumerate(document.get("steps", []), start=1):
        before = _step(number, one, zone, before)
        steps.append(before)
    return Story(
        place=Place(file, line, ""),
        title=document.get("example", ""),
        currency=currency,
        zone=zone,
        steps=tuple(steps),
        prices=document.get("prices", "tax_included"),
        programme=programme,
        articles=document.get("articles", {}),
        offers=tuple(document.get("offers", [])),
        stores=document.get("stores", {}),
        staff=document.get("staff", {}),
        members=document.get("members", {}),
        gift_cards=document.get("gift_cards", {}),
        audiences=document.get("audiences", {}),
        used=document.get("used", {}),
        lines=lines,
    )


def _step(number: int, one: dict[str, Any], zone: str, before: Step | None) -> Step:
    verb = next(key for key in one if key not in _BESIDE)
    at = _instant(one["at"], zone) if "at" in one else before.at if before else None
    assert at is not None
    return Step(
        number=number,
        path=f"steps[{number - 1}]",
        at=at,
        occurred_at=_instant(one["occurred_at"], zone) if "occurred_at" in one else at,
        posted_at=_instant(one["posted_at"], zone) if "posted_at" in one else at,
        verb=verb,
        asked=one[verb],
        expect=one.get("expect", {}),
        repeat=one.get("repeat", 1),
        parallel=one.get("parallel", 1),
        any_order=tuple(one.get("any_order", ())),
        source=one.get("source"),
        extension=one.get("extension"),
    )


def _instant(text: str, zone: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone))
