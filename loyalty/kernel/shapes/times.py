"""Reading days, times and instants."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from loyalty.kernel.problems import N_
from loyalty.kernel.shapes.faults import Faults, Path
from loyalty.kernel.shapes.nodes import Node, TextNode
from loyalty.kernel.shapes.refusing import refuse
from loyalty.kernel.shapes.shape import At, Clock, Day, MonthDay

_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_MONTH_DAY = re.compile(r"([0-9]{2})-([0-9]{2})")
_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00")
_AT = re.compile(
    r"([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})"
    r"(?:(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,6}))?)?"
    r"[ \t]*(Z|z|[-+][0-9]{2}:?[0-9]{2})?)?"
)
_LONGEST_MONTHS = {1: 31, 2: 29, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)


def read_day(shape: Day, node: Node, path: Path, faults: Faults) -> Any:
    """Return a local day as ISO text."""
    del shape
    match = _DAY.fullmatch(node.text) if type(node) is TextNode else None
    if match is None:
        return refuse(faults, path, node, N_("a day is written as {example}"), example="2026-03-31")
    return _day_of(match[0], node, path, faults)


def _day_of(text: str, node: Node, path: Path, faults: Faults) -> Any:
    year, month, day = (int(part) for part in text.split("-"))
    try:
        iso = date(year, month, day).isoformat()
    except ValueError:
        if not 1 <= month <= len(_MONTHS):
            return refuse(faults, path, node, N_("there is no month {month}"), month=str(month))
        named = f"{day} {_MONTHS[month - 1]} {year}"
        return refuse(faults, path, node, N_("there is no {day}"), day=named)
    if iso != text:
        return refuse(faults, path, node, N_("a day is written as {example}"), iso, example=iso)
    return iso


def read_month_day(shape: MonthDay, node: Node, path: Path, faults: Faults) -> Any:
    """Return a month and a day as text."""
    del shape
    match = _MONTH_DAY.fullmatch(node.text) if type(node) is TextNode else None
    if match is None:
        return refuse(
            faults, path, node, N_("a month and a day are written as {example}"), example='"03-01"'
        )
    month, day = int(match[1]), int(match[2])
    if not 1 <= month <= len(_MONTHS):
        return refuse(faults, path, node, N_("there is no month {month}"), month=str(month))
    if not 1 <= day <= _LONGEST_MONTHS.get(month, 31):
        named = f"{day} {_MONTHS[month - 1]}"
        return refuse(faults, path, node, N_("there is no {day}"), day=named)
    return match[0]


def read_clock(shape: Clock, node: Node, path: Path, faults: Faults) -> Any:
    """Return a time of the day as text; it is quoted, since many readers take it for a number."""
    del shape
    if type(node) is TextNode and _CLOCK.fullmatch(node.text):
        if node.quoted:
            return node.text
        return refuse(faults, path, node, N_("a time is quoted"), f'"{node.text}"')
    return refuse(faults, path, node, N_("a time is written as {example}"), example='"17:40"')


def read_at(shape: At, node: Node, path: Path, faults: Faults) -> Any:
    """Return a day or an instant as ISO text."""
    del shape
    match = _AT.fullmatch(node.text) if type(node) is TextNode else None
    if match is None:
        return refuse(
            faults,
            path,
            node,
            N_("a local time is written as {example}"),
            example="2026-03-06 17:40",
        )
    day = _day_of(match[1], node, path, faults)
    if day is None or match[2] is None:
        return day
    hour, minute, second = int(match[2]), int(match[3]), int(match[4] or 0)
    if hour > 23 or minute > 59 or second > 59:  # noqa: PLR2004 - the clock's own limits
        return refuse(
            faults, path, node, N_("there is no time {time}"), time=f"{match[2]}:{match[3]}"
        )
    micro = f".{match[5]:0<6}" if match[5] else ""
    offset = (match[6] or "").upper()
    return f"{day}T{hour:02}:{minute:02}:{second:02}{micro}{offset}"
