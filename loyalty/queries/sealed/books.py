"""The books whose rows are sealed each day: which tables, and which of their columns may change.

A column that a book does not name is sealed for good when the row is. One that ``moves`` is sealed
as it stood: a later value needs a trace of what moved it. One that ``follows`` is not sealed: a
rule of the books works it out again from rows that are.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Table

from loyalty.kernel.db import Base
from loyalty.models import (
    Adjustment,
    ChallengeAward,
    Consent,
    GiftCard,
    GiftCardEntry,
    Hold,
    LooseLine,
    LooseReturn,
    MemberEvent,
    Merge,
    MergeCredit,
    MergedThing,
    PoolMember,
    ProgrammeVersion,
    Purchase,
    PurchaseClaim,
    PurchaseEarning,
    PurchaseLine,
    PurchaseReturn,
    PurchaseShare,
    Redemption,
    Referral,
    ReturnAmount,
    ReturnLine,
    RewardCounter,
    TierChange,
    TierCredit,
    TierOpening,
    TierStanding,
    Transfer,
    Voucher,
    VoucherProgress,
    Wallet,
)


class Trace(StrEnum):
    """What else may show that a row was moved since it was sealed, besides its own instant."""

    NONE = ""
    MEMBER = "member"
    """Something happened to the member: she bought, returned, moved points or a level."""
    GIVEN_BACK = "given-back"
    """She returned something, or was merged."""
    POOL = "pool"
    """Somebody joined or left the pool."""
    REWARD = "reward"
    """Somebody claimed the reward, or gave it back."""
    CLAIM = "claim"
    """A claim that waits, and says by now why."""
    ATTACHED = "attached"
    """A purchase that was nobody's was given to the member who had made it."""
    STANDING = "standing"
    """As of a member; a review was due, or a programme was published."""


@dataclass(frozen=True, slots=True)
class Book:
    """A table that is sealed row by row, with the rows of ``children`` that hang on each.

    The first column of ``key`` is the owner, by which a book is read in order. ``at`` is when a
    row was written, ``moved_at`` when it was last moved; ``who`` whom to ask for a trace. A book
    that grows in the order of its owners has ids of their instants, with the prefix ``grows``.
    """

    model: type[Base]
    key: tuple[str, ...]
    at: str = ""
    moves: tuple[str, ...] = ()
    moved_at: str = ""
    follows: tuple[str, ...] = ()
    trace: Trace = Trace.NONE
    who: str = "member_id"
    children: tuple[type[Base], ...] = ()
    grows: str = ""
    private: tuple[str, ...] = ()
    """Those of its moving columns that people write freely: kept as a hash only."""
    later: tuple[type[Base], ...] = ()
    """Those of its children to which rows may be added later, with a trace."""
    shown: tuple[str, ...] = ()
    """By what of its moving columns a row is named, if not by its key."""
    born_empty: bool = False
    """A new row says nothing by itself: what it holds follows from other rows."""

    @property
    def name(self) -> str:
        """Return the name of the table."""
        return self.table.name

    @property
    def table(self) -> Table:
        """Return the table whose rows are sealed."""
        return _table(self.model)

    @property
    def child_tables(self) -> tuple[Table, ...]:
        """Return the tables whose rows are sealed with them."""
        return tuple(_table(child) for child in self.children)

    @property
    def steady(self) -> bool:
        """Tell whether a row never changes and says when it was written."""
        return bool(self.at) and not self.moves


def _table(model: type[Base]) -> Table:
    table = model.__table__
    assert isinstance(table, Table)
    return table


_MINE = ("member_id", "id")

BOOKS: tuple[Book, ...] = (
    Book(ProgrammeVersion, ("id",), at="published_at"),
    Book(
        Purchase,
        ("id",),
        at="posted_at",
        moves=("member_id", "points", "voucher_spend_minor", "receipt"),
        trace=Trace.ATTACHED,
        who="id",
        children=(PurchaseLine, PurchaseShare, PurchaseEarning),
        grows="pur",
        later=(PurchaseEarning,),
    ),
    Book(PurchaseReturn, ("id",), at="posted_at", children=(ReturnLine, ReturnAmount), grows="ret"),
    Book(LooseReturn, ("id",), at="posted_at", children=(LooseLine,), grows="ret"),
    Book(
        Voucher,
        ("lookup",),
        at="issued_at",
        moves=("member_id", "id", "state", "used_for", "ended_at", "value_minor"),
        moved_at="ended_at",
        shown=("member_id", "id"),
        trace=Trace.GIVEN_BACK,
    ),
    Book(
        Hold,
        _MINE,
        at="placed_at",
        moves=("state", "captured", "ended_at"),
        moved_at="ended_at",
    ),
    Book(
        Redemption,
        _MINE,
        at="at",
        moves=("state", "points", "value_minor", "claims", "posting_seq", "ended_at"),
        moved_at="ended_at",
    ),
    Book(
        RewardCounter,
        ("reward_id", "scope", "key"),
        moves=("uses",),
        trace=Trace.REWARD,
        who="reward_id",
    ),
    Book(GiftCard, ("id",), at="opened_at", follows=("balance_minor", "seq")),
    Book(GiftCardEntry, ("gift_card_id", "seq"), at="at"),
    Book(
        Adjustment,
        _MINE,
        at="requested_at",
        moves=("state", "decided_by", "decided_at", "posting_seq"),
        moved_at="decided_at",
    ),
    Book(
        PurchaseClaim,
        ("id",),
        at="asked_at",
        moves=("state", "why", "points", "reason", "attached_id", "decided_by", "decided_at"),
        moved_at="decided_at",
        private=("reason",),
        trace=Trace.CLAIM,
        who="id",
    ),
    Book(Transfer, _MINE, at="at"),
    Book(
        Merge,
        _MINE,
        at="at",
        moves=("before", "undone_at", "undone_by"),
        moved_at="undone_at",
    ),
    Book(
        MergeCredit,
        ("member_id", "merge_id", "period", "undoing"),
        trace=Trace.MEMBER,
    ),
    Book(MergedThing, ("member_id", "merge_id", "thing_id"), trace=Trace.MEMBER),
    Book(
        PoolMember,
        ("member_id", "pool_id", "joined_at"),
        at="joined_at",
        moves=("owner", "left_at"),
        moved_at="left_at",
        trace=Trace.POOL,
        who="pool_id",
    ),
    Book(MemberEvent, ("member_id", "source"), at="at"),
    Book(
        ChallengeAward,
        ("member_id", "challenge", "period", "step", "nth"),
        moves=("stands", "turns", "points", "wallet", "badge", "at"),
        trace=Trace.MEMBER,
    ),
    Book(
        Referral,
        ("member_id",),
        at="at",
        moves=("state", "changed_at", "purchase_id", "due_on", "given"),
        moved_at="changed_at",
    ),
    Book(Consent, ("member_id", "seq"), at="at"),
    Book(TierChange, ("member_id", "seq"), at="at"),
    Book(TierOpening, ("member_id",), at="at"),
    Book(
        TierStanding,
        ("member_id",),
        moves=tuple(one.name for one in _table(TierStanding).columns if one.name != "member_id"),
        trace=Trace.STANDING,
    ),
    Book(
        TierCredit,
        ("member_id", "period"),
        moves=("spend_minor", "earned", "visits", "last_on"),
        trace=Trace.STANDING,
    ),
    Book(VoucherProgress, ("member_id",), follows=("spend_minor", "issued"), trace=Trace.MEMBER),
    Book(
        Wallet,
        ("member_id", "unit"),
        moves=("floor", "active_on"),
        follows=("head", "balance", "held", "lifetime_earned", "lifetime_spent", "seq"),
        trace=Trace.STANDING,
        born_empty=True,
    ),
)
"""Every book, in the order in which they are sealed and proven."""

STRETCHES = "stretches"
"""The name under which the places of postings in lots are sealed, wallet by wallet."""
