"""Demands that keys of one map make of each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from loyalty.kernel.problems import N_
from loyalty.kernel.shapes.shape import Complaint, Rule


def needs_one_of(*keys: str) -> Rule:
    """Demand exactly one of ``keys``."""

    def rule(found: Mapping[str, Any]) -> Complaint | None:
        given = [key for key in keys if key in found]
        if not given:
            return "", N_("one of {keys} is missing"), {"keys": ", ".join(keys)}
        if len(given) > 1:
            return given[1], N_("only one of {keys} may be given"), {"keys": ", ".join(keys)}
        return None

    return rule


def at_most_one(*keys: str) -> Rule:
    """Allow no more than one of ``keys``."""

    def rule(found: Mapping[str, Any]) -> Complaint | None:
        given = [key for key in keys if key in found]
        if len(given) > 1:
            return given[1], N_("only one of {keys} may be given"), {"keys": ", ".join(keys)}
        return None

    return rule


def in_order(first: str, last: str, number: Callable[[Any], Any] = str) -> Rule:
    """Demand that ``last`` is not below ``first``, where both are given."""

    def rule(found: Mapping[str, Any]) -> Complaint | None:
        if first in found and last in found and number(found[last]) < number(found[first]):
            return last, N_("is below {key}"), {"key": first}
        return None

    return rule


def some_of(*keys: str) -> Rule:
    """Demand at least one of ``keys``."""

    def rule(found: Mapping[str, Any]) -> Complaint | None:
        if any(key in found for key in keys):
            return None
        return "", N_("one of {keys} is missing"), {"keys": ", ".join(keys)}

    return rule


def only_with(key: str, other: str, *values: str) -> Rule:
    """Allow ``key`` only where ``other`` is given, as one of ``values`` if any are named."""

    def rule(found: Mapping[str, Any]) -> Complaint | None:
        if key not in found or (other in found and (not values or found[other] in values)):
            return None
        wanted = f"{other}: {' | '.join(values)}" if values else other
        return key, N_("belongs to {wanted} only"), {"wanted": wanted}

    return rule


def together(*keys: str) -> Rule:
    """Demand all of ``keys`` or none."""

    def rule(found: Mapping[str, Any]) -> Complaint | None:
        missing = [key for key in keys if key not in found]
        if not missing or len(missing) == len(keys):
            return None
        return "", N_("this key is missing: {key}"), {"key": missing[0]}

    return rule
