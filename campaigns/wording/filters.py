"""What filters do to a value, and which filters fit which placeholder."""

from __future__ import annotations

from collections.abc import Callable

from campaigns.wording.vocabulary import FILTERS, Filter, Kind, Value

MAX_ARGUMENT = 60
MAX_CUT = 200


def wrong_with(part: str, kind: Kind) -> tuple[str, str] | None:
    """Return what is wrong with a filter such as ``cut:20``, and what to write instead."""
    name, colon, argument = part.partition(":")
    known = FILTERS.get(name)
    if known is None:
        return "unknown-filter", ", ".join(FILTERS)
    if kind not in known.kinds:
        return "wrong-filter", ""
    if _takes(known, argument, given=bool(colon)):
        return None
    return "wrong-argument", known.name + _EXAMPLES[known.argument]


def change(name: str, value: Value, argument: str) -> Value:
    """Return ``value`` after the filter ``name``; empty values stay empty."""
    if value is None or value == "":
        return value
    return _CHANGES[name](str(value), argument)


_EXAMPLES = {"": "", "text": ":…", "number": ":20", "word": ":short"}


def _takes(known: Filter, argument: str, *, given: bool) -> bool:
    """Tell whether the filter takes this argument."""
    if known.argument == "":
        return not given
    if known.argument == "text":
        return given and len(argument) <= MAX_ARGUMENT
    if known.argument == "word":
        return argument in known.words
    digits = argument.isascii() and argument.isdigit() and len(argument) <= len(str(MAX_CUT))
    return digits and 1 <= int(argument) <= MAX_CUT


def _cut(text: str, argument: str) -> str:
    room = int(argument)
    return text if len(text) <= room else text[: room - 1].rstrip() + "…"


_CHANGES: dict[str, Callable[[str, str], str]] = {
    "upper": lambda text, _: text.upper(),
    "lower": lambda text, _: text.lower(),
    "capital": lambda text, _: text[:1].upper() + text[1:],
    "cut": _cut,
    "plain": lambda text, _: text,
}
