"""Wallets without a database for the walk over journals, and the rules under which it goes."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from loyalty.journal import Journal
from loyalty.lots import LotKey
from loyalty.values import MemberId

RULES = [
    {"expiry": {"after_days": 40}},
    {"expiry": {"after_days": 40}, "consumption": "first_earned"},
    {"expiry": {"inactive_months": 2}},
    {"expiry": {"inactive_months": 1}, "consumption": "first_earned"},
    {"expiry": "none", "consumption": "first_earned"},
]
PENDING = [None, {"days": 9}, {"until": "delivered"}]


def journal(unit, *, rule):
    zeros = ("balance", "held", "lifetime_earned", "lifetime_spent", "seq")
    facts: dict[str, Any] = dict.fromkeys(zeros, 0) | {"head": "", "floor": None, "rule": rule}
    facts["active_on"] = date(2026, 1, 1)
    return Journal(member_id=MemberId("mbr_1"), unit=unit, **facts)


def stretches(rows, journal_):
    """Check that stretches follow each other from 0 on; return how far they reach, by lot."""
    reach: Counter[LotKey] = Counter()
    for row in rows:
        key = LotKey(row["expires_on"], row["lot_no"])
        assert row["lo"] == reach[key] < row["hi"]
        reach[key] = row["hi"]
    assert {row["unit"] for row in rows} <= {journal_.unit}
    return reach


def check_written(journals, shelf):
    """Check what a whole walk has written: no stretch of a lot twice, no number left out."""
    for (unit, key), lot in shelf.items():
        journals[unit].lots[key] = lot
    for one in journals.values():
        taken = stretches(one.takes, one)
        assert {key: lot.consumed for key, lot in one.lots.items() if lot.consumed} == taken
        assert sum(row["points"] for row in one.postings) == one.balance
        assert [row["seq"] for row in one.postings] == list(range(1, one.seq + 1))
