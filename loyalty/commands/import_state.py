"""The books of many members in memory while history is brought in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

from sqlalchemy import bindparam, func, select, update

from loyalty.commands.credits import Moved, standing_facts
from loyalty.commands.sql import insert, insert_rows, table_of
from loyalty.commands.wallets import Journals, open_members, write_wallets
from loyalty.errors import MemberBlocked, UnknownMember
from loyalty.journal import Journal
from loyalty.kernel.tx import Tx
from loyalty.models import Member, TierChange, TierCredit, TierStanding, VoucherProgress
from loyalty.programme import Metric, Programme, TierRule
from loyalty.queries.programme import book_rules
from loyalty.queries.standings import MEASURES, STATE_FACTS, settled, state_of
from loyalty.tiers import Facts, credit_key, progress_of, rebase
from loyalty.values import MemberId, MemberState

CHUNK = 500
"""Members read in one statement."""

Row = dict[str, Any]


@dataclass(slots=True)
class MemberBooks:
    """What one member has: wallets, credits by window, cumulated spend, level."""

    journals: Journals
    standing: Row
    credits: dict[str, Row] = field(default_factory=dict)
    spend_minor: int = 0
    issued: int = 0
    last_change: int = 0
    changes: list[Row] = field(default_factory=list)
    dirty: bool = False

    @property
    def journal(self) -> Journal:
        """Return the default wallet."""
        return next(iter(self.journals.values()))

    def add_credit(
        self, programme: Programme, day: date, spend_minor: int, *, earned: int = 0
    ) -> None:
        """Add a visit, its spend and its points to the period of ``day``."""
        period = credit_key(programme.tiers, day)
        row = self.credits.setdefault(
            period,
            {
                "member_id": self.journal.member_id,
                "period": period,
                "spend_minor": 0,
                "earned": 0,
                "visits": 0,
                "last_on": day,
            },
        )
        row["spend_minor"] += spend_minor
        row["earned"] += earned
        row["visits"] += 1
        row["last_on"] = max(row["last_on"], day)
        self.dirty = True

    def settle(self, programme: Programme, at: datetime, *, cause: str) -> Moved:
        """Work out the level as of ``at`` and keep the step, if there is one."""
        rule, day = programme.tiers, programme.local_day(at)
        facts = self._facts(rule)
        if day < self.standing["reviewed_on"]:
            self._go_back(rule, day)
        state = settled(rule, SimpleNamespace(**self.standing), facts, day)
        before = self.standing["level"]
        if before != state.level:
            self._step(before, state.level, at, cause)
        self.standing |= standing_facts(rule, state, facts, day)
        self.dirty = True
        return Moved(before, progress_of(rule, state, facts, day))

    def _go_back(self, rule: TierRule, day: date) -> None:
        """Have the windows that were running on an earlier day decide from there on."""
        state = rebase(rule, state_of(SimpleNamespace(**self.standing)), day)
        self.standing |= {name: getattr(state, name) for name in STATE_FACTS}

    def _facts(self, rule: TierRule) -> Facts:
        if rule.metric is Metric.ACTIVE_BALANCE:
            return Facts(balance=self.journal.balance)
        measure = MEASURES[rule.metric].key
        return Facts({period: row[measure] for period, row in self.credits.items()})

    def _step(self, before: str, after: str, at: datetime, cause: str) -> None:
        self.last_change += 1
        self.standing["since_at"] = at
        self.changes.append(
            {
                "member_id": self.journal.member_id,
                "seq": self.last_change,
                "from_level": before,
                "to_level": after,
                "cause": cause,
                "at": at,
            }
        )


@dataclass(slots=True)
class Books:
    """The members of one import, and how much was written for them."""

    members: dict[MemberId, MemberBooks]
    postings: int = 0
    changes: int = 0


def open_books(tx: Tx, member_ids: Sequence[MemberId]) -> Books:
    """Hold the wallets of the members and read everything that their purchases will move.

    Raises:
        UnknownMember, MemberBlocked: one of them neither earns nor spends.
    """
    members: dict[MemberId, MemberBooks] = {}
    for start in range(0, len(member_ids), CHUNK):
        some = member_ids[start : start + CHUNK]
        _refuse_inactive(tx, some)
        journals = open_members(tx, some, book_rules(tx).idle)
        standings = _standings(tx, some)
        for member_id in some:
            members[member_id] = MemberBooks(journals[member_id], standings[member_id])
        _read_credits(tx, some, members)
    return Books(members)


def write_books(tx: Tx, books: Books) -> None:
    """Write what has moved since the last time."""
    moved = [one for one in books.members.values() if one.dirty]
    journals = [journal for one in moved for journal in one.journals.values()]
    books.postings += sum(len(journal.postings) for journal in journals)
    write_wallets(tx, journals)
    _write_credits(tx, moved)
    if moved:
        tx.run(_UPDATE_STANDING, [_standing_row(one) for one in moved])
    changes = [change for one in moved for change in one.changes]
    insert_rows(tx, TierChange, changes)
    books.changes += len(changes)
    for one in moved:
        one.changes.clear()
        one.dirty = False


def _refuse_inactive(tx: Tx, member_ids: Sequence[MemberId]) -> None:
    states = {
        row.id: row.state
        for row in tx.run(select(Member.id, Member.state).where(Member.id.in_(member_ids)))
    }
    for member_id in member_ids:
        state = states.get(member_id)
        if state is None or state is MemberState.ERASED:
            raise UnknownMember(member_id)
        if state is MemberState.BLOCKED:
            raise MemberBlocked(member_id)


def _standings(tx: Tx, member_ids: Sequence[MemberId]) -> dict[MemberId, Row]:
    rows = tx.run(select(TierStanding).where(TierStanding.member_id.in_(member_ids)))
    return {row.member_id: row._asdict() for row in rows}


def _read_credits(
    tx: Tx, member_ids: Sequence[MemberId], members: dict[MemberId, MemberBooks]
) -> None:
    """Read credits by window, cumulated spend and the number of the last step."""
    for row in tx.run(select(TierCredit).where(TierCredit.member_id.in_(member_ids))):
        members[row.member_id].credits[row.period] = row._asdict()
    for row in tx.run(select(VoucherProgress).where(VoucherProgress.member_id.in_(member_ids))):
        members[row.member_id].spend_minor = row.spend_minor
        members[row.member_id].issued = row.issued
    for member_id, last in tx.run(
        select(TierChange.member_id, func.max(TierChange.seq))
        .where(TierChange.member_id.in_(member_ids))
        .group_by(TierChange.member_id)
    ):
        members[member_id].last_change = last


def _write_credits(tx: Tx, moved: Sequence[MemberBooks]) -> None:
    credits_ = [row for one in moved for row in one.credits.values()]
    progress = [
        {
            "member_id": one.journal.member_id,
            "spend_minor": one.spend_minor,
            "issued": one.issued,
        }
        for one in moved
        if one.spend_minor or one.issued
    ]
    for model, rows, key in (
        (TierCredit, credits_, ["member_id", "period"]),
        (VoucherProgress, progress, ["member_id"]),
    ):
        if not rows:
            continue
        statement = insert(tx.dialect, model)
        facts = {name: statement.excluded[name] for name in rows[0] if name not in key}
        tx.run(statement.on_conflict_do_update(index_elements=key, set_=facts), rows)


_STANDING_FACTS = (*STATE_FACTS, "since_at", "rule_key", "next_check_on")
_UPDATE_STANDING = (
    update(table_of(TierStanding))
    .where(TierStanding.member_id == bindparam("for_member"))
    .values({name: bindparam(name) for name in _STANDING_FACTS})
)


def _standing_row(one: MemberBooks) -> Row:
    facts = {name: one.standing[name] for name in _STANDING_FACTS}
    return {"for_member": one.journal.member_id, **facts}
