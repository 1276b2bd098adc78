"""Posting what has lapsed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import func, or_, select

from loyalty.commands.wallets import open_members, write_wallets
from loyalty.kernel.tx import Tx
from loyalty.models import Lot, Wallet
from loyalty.programme import WalletRule
from loyalty.queries.programme import book_rules, current_programme
from loyalty.settling import lapse
from loyalty.values import MemberId


def expire_lots(tx: Tx, *, limit: int = 500, as_of: datetime | None = None) -> int:
    """Post the lapsed points of up to ``limit`` members a wallet; return how many postings.

    Held points are spared and lapse when the hold ends. ``as_of`` decides which day it is, by
    default now. Zero means that nothing is left to do.
    """
    at = as_of or tx.now
    programme, rules = current_programme(tx), book_rules(tx)
    today = programme.local_day(at)
    posted = 0
    for unit in sorted(rules.wallets.keys() - set(rules.shadows)):
        members = _with_lapsed(tx, unit, rules.rule(unit), today, limit)
        opened = [journals[unit] for journals in open_members(tx, members, [unit]).values()]
        for journal in opened:
            lapse(journal, programme, at)
        posted += sum(len(journal.postings) for journal in opened)
        write_wallets(tx, opened)
    return posted


def _with_lapsed(tx: Tx, unit: str, rule: WalletRule, today: date, limit: int) -> list[MemberId]:
    """Return members whose lapsed points exceed what they have on hold, lowest id first."""
    left = func.sum(Lot.granted - Lot.consumed)
    last = rule.gone_day(today)
    gone = Lot.expires_on <= last
    if rule.expiry.inactive_months is not None:
        gone = or_(gone, Wallet.active_on <= rule.idle_since(last))
    statement = (
        select(Lot.member_id)
        .join(Wallet, (Wallet.member_id == Lot.member_id) & (Wallet.unit == Lot.unit))
        .where(Lot.unit == unit, gone, Lot.granted > Lot.consumed)
        .group_by(Lot.member_id, Wallet.held)
        .having(left > Wallet.held)
        .order_by(Lot.member_id)
        .limit(limit)
    )
    return list(tx.run(statement).scalars())
