"""PostgreSQL posts a sale in one statement, SQLite through the journal: the rows are the same."""

from __future__ import annotations

import json
import random  # noqa: TID251 - seeded: the same story on both databases
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from loyalty.chain import genesis
from loyalty.commands import publish_programme
from loyalty.commands.earning import post_earning
from loyalty.commands.sql import insert_rows, table_of
from loyalty.commands.wallets import open_wallet, write_wallets
from loyalty.journal import Cause
from loyalty.kernel.db import Database
from loyalty.models import Lot, Member, Posting, Take, Wallet
from loyalty.presets import preset_document
from loyalty.queries import current_programme, verify_books
from loyalty.values import Channel, Fired, MemberId, MemberState, ProgrammeVersionId, PurchaseId
from loyalty.words import Contra, PostingKind

ADA = MemberId("mbr_ada")
START = datetime(2026, 3, 10, 9, 30, 15, 123456, tzinfo=UTC)


def open_books(tx):
    """Write Ada down with fixed ids, so that the same seals follow on every database."""
    row = {
        "id": ADA,
        "state": MemberState.ACTIVE,
        "language": "fr",
        "joined_at": START,
        "joined_on": START.date(),
        "channel": Channel.STORE,
        "last_contact_at": START,
    }
    insert_rows(tx, Member, [row])
    zero = dict.fromkeys(("balance", "held", "lifetime_earned", "lifetime_spent", "seq"), 0)
    owner = {"member_id": ADA, "unit": "points", "head": genesis(ADA, "points"), "floor": None}
    insert_rows(tx, Wallet, [owner | zero])


def cause(number):
    return Cause(
        source=f"purchase:pur_{number}",
        request_hash=f"hash{number}",
        programme_version_id=ProgrammeVersionId("pgv_1"),
        occurred_at=START + timedelta(minutes=number),
        posted_at=START + timedelta(minutes=number, seconds=1),
        reasons=(Fired("base", number, 100 * number, (1, 2), "Où « ça » va ? €"),),
        purchase_id=PurchaseId(f"pur_{number}"),
    )


def story(database: Database, consumption: str):
    """Earn, now and then spend into debt, and return every row that was left."""
    document = preset_document("three-tier-grocer")
    document["wallets"]["points"]["consumption"] = consumption
    dice = random.Random(5)
    with database.begin(actor="test") as tx:
        publish_programme(tx, document=document)
        open_books(tx)
    for number in range(1, 60):
        day = date(2026, dice.randrange(1, 5), 1)
        points = dice.choice([0, 1, 7, 250])
        with database.begin(actor="test") as tx:
            if dice.random() < 0.3:
                journal = open_wallet(tx, ADA)
                row = journal.take(
                    PostingKind.SPEND, Contra.REDEEMED, dice.randrange(1, 300), cause(number)
                )
                write_wallets(tx, [journal])
                assert row["seq"] == journal.seq
            else:
                sold = {"points": points, "day": day, "cause": cause(number)}
                post_earning(tx, member_id=ADA, programme=current_programme(tx), **sold)
    with database.look() as tx:
        return {
            model.__tablename__: sorted(
                json.dumps(row._asdict(), default=str, sort_keys=True)
                for row in tx.run(select(table_of(model)))
            )
            for model in (Wallet, Posting, Lot, Take)
        }


@pytest.mark.parametrize("consumption", ["earliest_expiry", "first_earned"])
def test_both_databases_hold_the_same_rows_to_the_last_seal(
    sqlite_database, postgres_database, consumption
):
    assert story(sqlite_database, consumption) == story(postgres_database, consumption)


@pytest.mark.parametrize("consumption", ["earliest_expiry", "first_earned"])
def test_the_story_has_debts_and_its_books_are_sound(database, consumption):
    rows = story(database, consumption)

    assert any('"balance": -' in row for row in rows["postings"])
    assert len(rows["takes"]) > 10
    with database.look() as tx:
        broken = {one.rule for one in verify_books(tx)}
    assert broken <= {"postings-have-causes", "purchase-points"}, "the story has no purchases"
