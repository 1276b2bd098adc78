"""Members as they are before a story begins: identity, wallets, tier, history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from admin.examples.stage import Stage, as_date
from admin.examples.story import Plain
from loyalty import commands
from loyalty.commands import enrol_member
from loyalty.kernel.tx import Tx
from loyalty.values import Channel, Identity

LANGUAGE = "en"


def open_members(stage: Stage, first: datetime) -> None:
    """Make the story's members, each on the day she joined, then open their balances."""
    clock = stage.scratch.clock
    for name, facts in stage.story.members.items():
        joined = facts.get("joined")
        if joined is not None:
            clock.move(to=datetime.combine(as_date(joined), time(0), stage.zone))
        with stage.begin() as tx:
            _enrol(tx, stage, name, facts)
        clock.move(to=first)
    with stage.begin() as tx:
        lots = [
            lot for name, facts in stage.story.members.items() for lot in _lots(stage, name, facts)
        ]
        if lots:
            commands.open_balances(tx, lots=lots, source="examples")
        for name, facts in stage.story.members.items():
            _stand(tx, stage, name, facts)


def identity_of(name: str, facts: Plain) -> Identity:
    """Return who a member is; an address is made up so that she can be written to."""
    return Identity(
        given_name=str(facts.get("name", name)),
        email=facts.get("email") or f"{name}@example.org",
        phone=facts.get("phone"),
        born_on=as_date(facts["born"]) if "born" in facts else None,
    )


def _enrol(tx: Tx, stage: Stage, name: str, facts: Plain) -> None:
    enrolled = enrol_member(
        tx,
        keys=stage.keys,
        identity=identity_of(name, facts),
        channel=Channel.IMPORT,
        language=str(facts.get("language", LANGUAGE)),
    )
    stage.cast.members[name] = enrolled.member_id
    stage.cast.cards[name] = enrolled.code


def _lots(stage: Stage, name: str, facts: Plain) -> Iterator[Any]:
    """Yield what a member holds: whole balances, then lots with their days."""
    member_id = stage.cast.members[name]
    if not {"wallets", "lots"} & set(facts):
        return
    lot_of = commands.OpeningLot
    for wallet, amount in facts.get("wallets", {}).items():
        if points := stage.grains(wallet, amount):
            yield lot_of(member_id, wallet, points)
    for lot in facts.get("lots", ()):
        wallet = lot.get("wallet", stage.wallet)
        until = lot.get("expires_on")
        yield lot_of(
            member_id,
            wallet,
            stage.grains(wallet, lot["amount"]),
            earned_on=as_date(lot["earned_on"]) if "earned_on" in lot else None,
            expires_on=as_date(until) if until not in (None, "none") else None,
            lot_id=str(lot.get("id", "")),
        )


def _stand(tx: Tx, stage: Stage, name: str, facts: Plain) -> None:
    """Give a member the level and the history that she had before the story."""
    keys = {"tier", "assigned_tier", "history"} & set(facts)
    if not keys:
        return
    told = facts.get("history", {})
    history = commands.History(
        spend_minor=stage.minor(told.get("spend", "0")),
        earned=stage.grains(stage.wallet, told.get("earned", 0)),
        visits=int(told.get("visits", 0)),
        purchases=int(told.get("purchases", 0)),
    )
    level = facts.get("tier")
    commands.open_standing(
        tx,
        member_id=stage.cast.members[name],
        on=_opens_on(stage, tx.now),
        level=str(level) if level is not None else None,
        assigned=_assigned(facts.get("assigned_tier")),
        history=history,
    )


def _opens_on(stage: Stage, first: datetime) -> date:
    """Return the day on which members stand where they stood before the story.

    A story that begins with a job, a review on New Year's Day above all, finds them as they were
    on its eve.
    """
    begins_with_a_job = stage.story.steps and stage.story.steps[0].verb == "run"
    return stage.day(first - timedelta(days=1) if begins_with_a_job else first)


def _assigned(told: Any) -> tuple[str, date | None] | None:
    """Return the level that was given by hand, and the last day of it."""
    if told is None:
        return None
    if isinstance(told, Mapping):
        until = told.get("until")
        return str(told["tier"]), as_date(until) if until else None
    return str(told), None
