"""All rules of the books, and the proof that they hold."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import bindparam, select, text

from loyalty.kernel.db import LocalDate
from loyalty.kernel.jobs import JobLease
from loyalty.kernel.tx import Tx
from loyalty.queries.programme import current_programme
from loyalty.queries.verifying.challenges import CHALLENGE_RULES
from loyalty.queries.verifying.levels import first_wrong_level
from loyalty.queries.verifying.loose import LOOSE_RULES
from loyalty.queries.verifying.people import PEOPLE_RULES
from loyalty.queries.verifying.points import OVERDUE, POINTS_RULES
from loyalty.queries.verifying.rule import Finding, Rule
from loyalty.queries.verifying.sealed import first_untrue_row, first_untrue_stretch
from loyalty.queries.verifying.seals import SEAL_RULES, first_broken_day
from loyalty.queries.verifying.spending import SPENDING_RULES
from loyalty.queries.verifying.streams import (
    Progress,
    first_broken_head,
    first_broken_seal,
    silent,
)
from loyalty.queries.verifying.trade import TRADE_RULES
from loyalty.queries.verifying.waiting import WAITING_RULES

SQL_RULES = (
    *POINTS_RULES,
    *TRADE_RULES,
    *LOOSE_RULES,
    *CHALLENGE_RULES,
    *SPENDING_RULES,
    *PEOPLE_RULES,
    *WAITING_RULES,
    *SEAL_RULES,
)
_STREAMS: dict[str, tuple[str, Callable[[Tx, Progress], Finding | None]]] = {
    "chain-head": ("a wallet's head is the seal of its last posting", first_broken_head),
    "tier-level": ("a member's level follows from her credits", first_wrong_level),
    "seal-days": ("a sealed day follows from what it holds and the day before", first_broken_day),
    "sealed-rows": ("a sealed row is as it was, or moved in the open", first_untrue_row),
    "sealed-stretches": ("what postings granted and took is as it was", first_untrue_stretch),
    "chain": ("each posting's seal follows from its content and the one before", first_broken_seal),
}
RULES: dict[str, str] = {rule.name: rule.says for rule in SQL_RULES} | {
    name: says for name, (says, _) in _STREAMS.items()
}
"""Every rule that is proven, by name."""

_ALL_RULES = text(
    " UNION ALL ".join(
        f"SELECT '{rule.name}' AS rule, r{number}.* FROM ({rule.sql}) AS r{number}"  # noqa: S608 - our own rules
        for number, rule in enumerate(SQL_RULES)
        if rule is not OVERDUE
    )
)
GRACE = timedelta(days=2)
"""How long before its last run the expiry job may have missed a lot's day."""
EXPIRY_JOB = "expire-points"


def verify_books(tx: Tx, *, progress: Progress = silent) -> tuple[Finding, ...]:
    """Prove every rule of the books; return the first offending row of each that is broken.

    Changes nothing. Empty means that the books add up. ``progress`` hears each rule as it is
    done, and the long one (the chain of seals) every few thousand postings.
    """
    findings: list[Finding] = []
    at_once = _found_at_once(tx)
    for rule in SQL_RULES:
        if at_once is None or rule is OVERDUE:
            found = first_offender(tx, rule)
        else:
            found = at_once.get(rule.name)
        findings.extend([found] if found else [])
        progress(rule.name, 1, 1)
    for _, first in _STREAMS.values():
        found = first(tx, progress)
        findings.extend([found] if found else [])
    return tuple(findings)


def _found_at_once(tx: Tx) -> dict[str, Finding] | None:
    """Return what is broken, by rule: small books are asked about all rules at once.

    PostgreSQL answers rule by rule, so that a long proof can tell how far it is.
    """
    if tx.dialect != "sqlite":
        return None
    rows = tx.run(_ALL_RULES).all()
    return {row.rule: Finding(row.rule, str(row.row), str(row.detail)) for row in rows}


def first_offender(tx: Tx, rule: Rule) -> Finding | None:
    """Return the first row that breaks a rule."""
    statement = text(rule.sql)
    parameters = {}
    if rule is OVERDUE:
        statement = statement.bindparams(bindparam("overdue", type_=LocalDate()))
        parameters = {"overdue": _last_day_swept(tx)}
    row = tx.run(statement, parameters).first()
    return None if row is None else Finding(rule.name, str(row.row), str(row.detail))


def _last_day_swept(tx: Tx) -> date:
    """Return the latest day whose lots the expiry job must have posted; it may never have run.

    An installation that stood still for a month has nothing wrong in its books.
    """
    ran_at = tx.run(select(JobLease.finished_at).where(JobLease.name == EXPIRY_JOB)).scalar()
    if ran_at is None:
        return date.min
    return current_programme(tx).local_day(ran_at) - GRACE
