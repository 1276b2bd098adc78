"""The short ways and the long way lead to the same books and the same refusals."""

from __future__ import annotations

import random  # noqa: TID251 - seeded: the same story every time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from loyalty.commands import (
    Earning,
    Spending,
    block_member,
    earn_at_once,
    earn_points,
    ledger,
    place_hold,
    publish_programme,
    release_hold,
    reverse_posting,
    spend_at_once,
    spend_points,
    unblock_member,
)
from loyalty.commands.sql import table_of
from loyalty.kernel.problems import Problem
from loyalty.models import Lot, Posting, Take, Wallet
from loyalty.presets import preset_document
from loyalty.queries import verify_books
from loyalty.values import HoldId
from tests.loyalty.world import enrol

START = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
STEPS, SOURCES = 70, 30
WALLETS = {
    "pools": {"expiry": {"after_months": 2}},
    "first earned": {"expiry": {"after_months": 2}, "consumption": "first_earned"},
    "idle": {"expiry": {"inactive_months": 2}},
}
PRIVATE = {"member_id", "hash", "source", "request_hash"}


def begin(database, wallet):
    """Publish a programme with such a wallet; return a new member."""
    document = preset_document("three-tier-grocer") | {"wallets": {"points": wallet}}
    with database.begin(actor="test") as tx:
        publish_programme(tx, document=document)
        return enrol(tx, "Ada").member_id


def story(database, clock, member_id, *, at_once, seed):
    """Let a member's points move at random; return every answer."""
    dice = random.Random(seed)
    told: list[tuple[str, object]] = []
    holds: list[HoldId] = []
    clock.move(to=START)
    for step in range(STEPS):
        clock.move(by=timedelta(hours=dice.choice([1, 30, 400])))
        points, source = dice.choice([1, 20, 250]), f"s:{dice.randrange(SOURCES)}"
        what = dice.choice(["earn"] * 5 + ["spend"] * 4 + ["hold", "free", "undo", "block"])
        try:
            if what in {"earn", "spend"} and at_once:
                done = once(database, what, (member_id, points, source))
            else:
                with database.begin(actor="test") as tx:
                    done = other(tx, member_id, (what, points, source, step), holds)
            told.append((what, done))
        except Problem as problem:
            told.append((what, problem.slug))
    return told


def once(database, what, asked):
    """Earn or spend in a transaction of its own."""
    if what == "earn":
        return earn_at_once(database, actor="test", asked=Earning(*asked))
    return spend_at_once(database, actor="test", asked=Spending(*asked))


def other(tx, member_id, chosen, holds):
    """Do one thing within a transaction."""
    what, points, source, step = chosen
    whose = {"member_id": member_id}
    if what in {"earn", "spend"}:
        run = earn_points if what == "earn" else spend_points
        return run(tx, points=points, source=source, **whose)
    if what == "hold":
        holds.append(place_hold(tx, points=points, source=f"h:{step}", **whose).hold_id)
    elif what == "free" and holds:
        release_hold(tx, hold_id=holds.pop(), **whose)
    elif what == "undo":
        return reverse_posting(tx, seq=step // 3 + 1, source=f"u:{step}", **whose).points
    elif what == "block":
        (unblock_member if step % 3 else block_member)(tx, **whose)
    return None


def books(database, member_id):
    """Return what the story left, without what is the member's alone."""
    with database.look() as tx:
        assert verify_books(tx) == ()
        left = {}
        for model in (Wallet, Posting, Lot, Take):
            table = table_of(model)
            rows = tx.run(select(table).where(table.c.member_id == member_id)).mappings()
            left[table.name] = sorted(
                str({name: row[name] for name in row if name not in PRIVATE and name != "head"})
                for row in rows
            )
        return left


@pytest.mark.parametrize(
    ("wallet", "at_once"),
    [("pools", True), ("pools", False), ("first earned", True), ("idle", False)],
)
def test_short_and_long_agree_in_whatever_state(database, clock, monkeypatch, wallet, at_once):
    short = begin(database, WALLETS[wallet])
    with database.begin(actor="test") as tx:
        long = enrol(tx, "Ben").member_id
    quick = story(database, clock, short, at_once=at_once, seed=wallet)
    monkeypatch.setattr(ledger, "is_plain", lambda *_: False)
    assert story(database, clock, long, at_once=False, seed=wallet) == quick

    assert books(database, short) == books(database, long)
    ended = {end if isinstance(end, str) else "done" for _, end in quick}
    assert ended >= {"done", "not-enough-points", "source-reused"}
