"""What shows that a row was moved by the programme and not by hand, since it was sealed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam, select, text

from loyalty.kernel.db import Instant
from loyalty.kernel.ids import oldest_id
from loyalty.kernel.tx import Tx
from loyalty.models import SealRecord, TierStanding
from loyalty.queries.programme import current_programme
from loyalty.queries.sealed.books import Trace
from loyalty.queries.sealed.cut import Cut
from loyalty.queries.sealed.records import read_state

_MERGED = """
    SELECT member_id FROM merges
    WHERE member_id IN :ids AND (at >= :since OR undone_at >= :since)
    UNION SELECT other_id FROM merges
    WHERE other_id IN :ids AND (at >= :since OR undone_at >= :since)
"""
_GIVEN_BACK = f"""
    {_MERGED}
    UNION SELECT member_id FROM purchase_returns WHERE member_id IN :ids AND posted_at >= :since
    UNION SELECT member_id FROM loose_returns WHERE member_id IN :ids AND posted_at >= :since
    UNION SELECT member_id FROM redemptions WHERE member_id IN :ids AND ended_at >= :since
"""  # noqa: S608 - our own words
_MEMBER = f"""
    {_GIVEN_BACK}
    UNION SELECT member_id FROM postings WHERE member_id IN :ids AND posted_at >= :since
    UNION SELECT member_id FROM purchases WHERE member_id IN :ids AND posted_at >= :since
    UNION SELECT earner_id FROM purchases
    WHERE id >= :purchases AND earner_id IN :ids AND posted_at >= :since
    UNION SELECT p.earner_id FROM purchase_returns r JOIN purchases p ON p.id = r.purchase_id
    WHERE r.id >= :returns AND p.earner_id IN :ids AND r.posted_at >= :since
    UNION SELECT member_id FROM tier_changes WHERE member_id IN :ids AND at >= :since
    UNION SELECT member_id FROM tier_openings WHERE member_id IN :ids AND at >= :since
    UNION SELECT member_id FROM member_events WHERE member_id IN :ids AND at >= :since
    UNION SELECT member_id FROM holds
    WHERE member_id IN :ids AND (placed_at >= :since OR ended_at >= :since)
    UNION SELECT member_id FROM transfers WHERE member_id IN :ids AND at >= :since
    UNION SELECT to_member_id FROM transfers WHERE to_member_id IN :ids AND at >= :since
    UNION SELECT subject FROM audit_entries WHERE seq >= :audited AND subject IN :ids
    UNION SELECT p.member_id FROM audit_entries a JOIN purchases p ON p.id = a.subject
    WHERE a.seq >= :audited AND a.action = 'attach-purchase' AND p.member_id IN :ids
    UNION SELECT id FROM members WHERE id IN :ids AND joined_at >= :since
"""  # noqa: S608 - our own words
_QUESTIONS = {
    Trace.MEMBER: _MEMBER,
    Trace.STANDING: _MEMBER,
    Trace.GIVEN_BACK: _GIVEN_BACK,
    Trace.ATTACHED: """
        SELECT subject FROM audit_entries
        WHERE seq >= :audited AND action = 'attach-purchase' AND subject IN :ids AND at >= :since
    """,
    Trace.CLAIM: """
        SELECT id FROM purchase_claims
        WHERE id IN :ids AND asked_at >= :since
    """,
    Trace.POOL: """
        SELECT pool_id FROM pool_members
        WHERE pool_id IN :ids AND (joined_at >= :since OR left_at >= :since)
    """,
    Trace.REWARD: """
        SELECT reward_id FROM redemptions
        WHERE reward_id IN :ids AND (at >= :since OR ended_at >= :since)
    """,
}
_AT_ONCE = 500


def traced(tx: Tx, trace: Trace, ids: Collection[str], cut: Cut) -> set[str]:
    """Return those of ``ids`` to whom something happened since the last seal."""
    asked, found = sorted(ids), set[str]()
    if trace not in _QUESTIONS or cut.since is None:
        return found
    if trace is Trace.STANDING and cut.published:
        return set(asked)
    for first in range(0, len(asked), _AT_ONCE):
        some = asked[first : first + _AT_ONCE]
        found |= _asked(tx, _QUESTIONS[trace], some, cut)
        if trace is Trace.STANDING:
            found |= _due(tx, some)
    return found


def _asked(tx: Tx, question: str, ids: list[str], cut: Cut) -> set[str]:
    assert cut.since is not None
    statement = text(question).bindparams(
        bindparam("ids", expanding=True), bindparam("since", type_=Instant())
    )
    facts: dict[str, Any] = {"ids": ids, "since": cut.since}
    if ":audited" in question:
        facts["audited"] = cut.audited
    if question is _MEMBER:
        facts |= {
            "purchases": oldest_id("pur", cut.since),
            "returns": oldest_id("ret", cut.since),
        }
    return {row[0] for row in tx.run(statement, facts)}


def _due(tx: Tx, ids: list[str]) -> set[str]:
    """Return members whose standing was due for a look by time, or by another programme."""
    programme = current_programme(tx)
    today, key = programme.local_day(tx.now).isoformat(), programme.tiers.key
    now = dict(
        tx.run(
            select(TierStanding.member_id, TierStanding.rule_key).where(
                TierStanding.member_id.in_(ids)
            )
        ).all()
    )
    rows = tx.run(
        select(SealRecord.owner, SealRecord.state)
        .where(SealRecord.book == "tier_standings", SealRecord.owner.in_(ids))
        .order_by(SealRecord.number)
    )
    found = set()
    for owner, state in {row.owner: row.state for row in rows}.items():
        was = read_state(state)
        due = was.get("next_check_on")
        if (due is not None and due <= today) or was.get("rule_key") != now.get(owner) == key:
            found.add(owner)
    return found
