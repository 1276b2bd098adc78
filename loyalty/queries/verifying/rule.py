"""One thing that must be true of the books, as a statement that finds the first row it is not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by ``name``, what it says, and SQL that gives ``row`` and ``detail`` of offenders.

    The SQL runs on both databases.
    """

    name: str
    says: str
    sql: str


@dataclass(frozen=True, slots=True)
class Finding:
    """The first row that breaks a rule, and how."""

    rule: str
    row: str
    detail: str
