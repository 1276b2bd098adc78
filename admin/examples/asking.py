"""What a verb carries, in one form whatever form the file chose."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from admin.examples.vocabulary.verbs import EVENT_WORDS
from loyalty.kernel.shapes import Node, as_plain


def asked_of(verb: str, given: Any) -> tuple[str, Any]:
    """Return the verb and what it carries.

    Lists are lists even when one value stood there; words that mean the same become one.
    """
    shaper = _SHAPERS.get(verb)
    return verb, shaper(given) if shaper else given


def expected_of(node: Node | None) -> dict[str, Any]:
    """Return what a step expects, as it was written."""
    if node is None:
        return {}
    expect: dict[str, Any] = as_plain(node)
    for key in ("applied", "claimable", "archived"):
        if isinstance(expect.get(key), str):
            expect[key] = [expect[key]]
    if expect.get("refused") is False:
        del expect["refused"]
    if "tier" in expect and expect["tier"] is None:
        expect["tier"] = "none"
    return expect


def _purchase(given: dict[str, Any]) -> dict[str, Any]:
    if any("amount" in line for line in given.get("lines", ())):
        given["lines"] = [_line(line) for line in given["lines"]]
    return given


def _line(line: dict[str, Any]) -> dict[str, Any]:
    """Return a line whose money is its price, also when the file calls it its amount."""
    return line if "amount" not in line else {"price": line["amount"], **line}


def _event(given: dict[str, Any]) -> dict[str, Any]:
    word = next(word for word in EVENT_WORDS if word in given)
    rest = {key: value for key, value in given.items() if key not in EVENT_WORDS}
    return {"event": given[word], **rest}


def _run(given: Any) -> dict[str, Any]:
    if isinstance(given, list):
        return {"jobs": given}
    jobs = given.get("jobs") or [given["job"]] if "job" in given or "jobs" in given else []
    return {**given, "jobs": jobs}


def _redeem(given: Any) -> dict[str, Any]:
    if not isinstance(given, list):
        return dict(given)
    return dict(given[0]) if len(given) == 1 else {"of_list": given}


def _points(given: dict[str, Any]) -> dict[str, Any]:
    """Return an amount of points under one name."""
    if "points" in given and "amount" not in given:
        given["amount"] = given.pop("points")
    return given


def _approve(given: dict[str, Any]) -> dict[str, Any]:
    given = _points(given)
    if "by" in given:
        given.setdefault("approver", given.pop("by"))
    return given


def _assign(given: dict[str, Any]) -> dict[str, Any]:
    if "actor" in given:
        given.setdefault("by", given.pop("actor"))
    return given


_SHAPERS: dict[str, Callable[[Any], Any]] = {
    "purchase": _purchase,
    "quote": _purchase,
    "resume": _purchase,
    "event": _event,
    "run": _run,
    "redeem": _redeem,
    "adjust": _points,
    "transfer": _points,
    "pool": _points,
    "approve": _approve,
    "assign_tier": _assign,
}
