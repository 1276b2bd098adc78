"""Whatever is done to stored rows behind the programme's back is found, and the row is named."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import suppress
from random import Random  # noqa: TID251 - seeded: the same damage can be done again

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from loyalty.kernel.db import Base
from loyalty.queries import verify_books
from loyalty.queries.sealed import BOOKS
from tests.loyalty.damage import TABLES, NothingToDamage, draw
from tests.loyalty.house import build_house

SEED = os.environ.get("PALIER_SEED", "a rainy Tuesday")
"""What chance follows from; another one finds other damage."""


class Undo(Exception):
    """Ends a damage without a trace."""


@pytest.fixture
def house(shop, clock):
    """A rich and sealed retailer whose database refuses nothing any more."""
    build_house(shop, clock)
    with shop.look() as tx:
        assert verify_books(tx) == ()
    if shop.is_sqlite:
        with shop.begin(actor="intruder") as tx:
            names = tx.run(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
            for name in names.scalars().all():
                tx.run(text(f"DROP TRIGGER {name}"))
    return shop


def damaged(database, dice):
    """Return a random damage and what is found of it; it is undone."""
    result = None
    while result is None:
        with suppress(Undo, NothingToDamage, DBAPIError), database.begin(actor="intruder") as tx:
            if tx.dialect == "postgresql":
                tx.run(text("SET LOCAL session_replication_role = replica"))
            else:
                tx.run(text("PRAGMA defer_foreign_keys = ON"))
                tx.run(text("PRAGMA ignore_check_constraints = ON"))
            damage = draw(tx, dice)
            result = damage, verify_books(tx)
            raise Undo
    return result


def is_named(damage, findings):
    """Tell whether a finding names one of the damaged rows by table and key, or whose it is."""
    told = [one.row for one in findings]
    if damage.table.startswith("seal_"):
        return any(row.startswith("seal_days ") for row in told) or told != []
    return any(key[0] in row for key in damage.keys for row in told)


def search(database, seed, times):
    """Do damage so many times; return what was not found, what was not named, and the counts."""
    dice = Random(seed)
    counts: Counter[tuple[str, str]] = Counter()
    unseen, unnamed = [], []
    for _ in range(times):
        damage, findings = damaged(database, dice)
        counts[damage.kind, damage.table] += 1
        if not findings:
            unseen.append(damage)
        elif not is_named(damage, findings):
            unnamed.append((damage, findings))
    return unseen, unnamed, counts


EXEMPT = {
    "adjustment_days": "the rule adjusted-days adds it up from the adjustments",
    "articles": "the catalogue; a receipt has its own copy of what it sold",
    "cards": "carries nothing: which card opens an account, not what is in it",
    "categories": "the catalogue",
    "gives": "sealed wallet by wallet, as stretches",
    "lots": "lots, lot-ages and the tiles work them out from postings, takes and gives",
    "member_identities": "who somebody is; erasing deletes it",
    "member_messages": "that she was written to; no money, points or level",
    "members": "a membership; what she has hangs on it by its id",
    "postings": "chained one by one, and sealed by their heads and as stretches",
    "programme_drafts": "in force for nobody until published",
    "retention_warnings": "that she was warned; erasing deletes it",
    "seal_days": "the seal itself: chained day by day",
    "seal_leaves": "the seal itself",
    "seal_records": "the seal itself",
    "seal_runs": "how far a seal has come that is being made",
    "stores": "the catalogue",
    "survey_answers": "what she thinks; what an answer earned is posted",
    "surveys": "questions and when they are asked",
    "takes": "sealed wallet by wallet, as stretches",
    "what_if_runs": "what a draft would have done; nothing of it has happened",
}
"""Tables of loyalty without a book, and why."""


def test_every_table_has_a_book_or_a_reason():
    ours = {
        mapper.class_.__tablename__
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith("loyalty.models.")
    }
    booked = {table.name for book in BOOKS for table in (book.table, *book.child_tables)}
    assert ours == booked | set(EXEMPT)
    assert not booked & set(EXEMPT)


def test_damage_is_found_and_named(house):
    unseen, unnamed, _ = search(house, SEED, 40 if house.is_sqlite else 8)
    assert unseen == []
    assert unnamed == []


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_thousand_times(house):
    unseen, unnamed, counts = search(house, SEED, 1000)
    tables = {table for _, table in counts}
    assert tables == {table.name for table in TABLES}, "every table had its damage"
    assert unseen == []
    assert unnamed == []
