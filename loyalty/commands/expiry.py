"""Posting what has lapsed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, or_, select

from loyalty.commands.ledger import expire_lapsed
from loyalty.commands.wallets import open_wallets, write_wallets
from loyalty.kernel.tx import Tx
from loyalty.models import Lot, Wallet
from loyalty.programme import WalletRule
from loyalty.queries.programme import book_rules, current_programme
from loyalty.values import MemberId


def expire_lots(tx: Tx, *, limit: int = 500) -> int:
    """Post the lapsed points of up to ``limit`` members; return how many postings were made.

    Held points are spared and lapse when the hold ends. Zero means that nothing is left to do.
    """
    programme = current_programme(tx)
    today = programme.local_day(tx.now)
    rules = book_rules(tx)
    posted = 0
    for unit in sorted(rules.wallets.keys() - set(rules.shadows)):
        members = _with_lapsed(tx, unit, rules.rule(unit), today, limit)
        journals = open_wallets(tx, members, unit=unit)
        for journal in journals.values():
            expire_lapsed(journal, programme, tx.now)
        posted += sum(len(journal.postings) for journal in journals.values())
        write_wallets(tx, journals.values())
    return posted


def _with_lapsed(tx: Tx, unit: str, rule: WalletRule, today: date, limit: int) -> list[MemberId]:
    """Return members whose lapsed points exceed what they have on hold, lowest id first."""
    left = func.sum(Lot.granted - Lot.consumed)
    last = rule.lapse_day(today, None)
    gone = Lot.expires_on <= last
    if rule.expiry.inactive_months is not None:
        gone = or_(gone, Wallet.active_on <= rule.expiry.idle_since(last))
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
