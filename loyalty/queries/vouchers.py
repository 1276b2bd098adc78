"""Vouchers: those of a member, and the one behind a code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from loyalty.cards import CodeKind, read_code
from loyalty.codes import code_of, lookup_of
from loyalty.errors import UnknownVoucher
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.models import Voucher, VoucherProgress
from loyalty.queries.programme import current_programme
from loyalty.values import IssuedVoucher, MemberId, VoucherState


@dataclass(frozen=True, slots=True)
class VoucherStanding:
    """How far a member is from her next voucher, in minor units of spend."""

    spend_minor: int
    per_spend_minor: int
    to_next_minor: int
    issued: int


@dataclass(frozen=True, slots=True)
class OwnedVoucher:
    """A voucher found by its code, with its owner."""

    member_id: MemberId
    voucher: IssuedVoucher


@dataclass(frozen=True, slots=True)
class VoucherBook:
    """A member's vouchers in figures, in minor units.

    ``number`` may be used now, worth ``worth_minor`` together; one is worth ``value_minor``;
    ``carry_over_minor`` is the spend that counts towards the next one.
    """

    number: int
    value_minor: int
    worth_minor: int
    carry_over_minor: int
    issued: int


def voucher_book(tx: Tx, member_id: MemberId) -> VoucherBook:
    """Return a member's vouchers in figures; zeros without a rule for cumulated spend."""
    programme = current_programme(tx)
    values = [
        int(row.value_minor)
        for row in tx.run(
            select(Voucher.value_minor).where(
                Voucher.member_id == member_id,
                Voucher.state == VoucherState.ISSUED,
                Voucher.expires_on > programme.local_day(tx.now),
            )
        )
    ]
    rule, standing = programme.vouchers, voucher_progress(tx, member_id)
    carried, issued = 0, 0
    if rule is not None and standing is not None:
        issued = standing.issued
        carried = max(0, standing.spend_minor - issued * rule.per_spend_minor)
    value = rule.value_minor if rule is not None else max(values, default=0)
    return VoucherBook(len(values), value, sum(values), carried, issued)


def vouchers_of(
    tx: Tx, member_id: MemberId, *, keys: Keys, usable_only: bool = False
) -> tuple[IssuedVoucher, ...]:
    """Return a member's vouchers, first to expire first; ``usable_only``: those that can pay."""
    statement = (
        select(
            Voucher.member_id, Voucher.id, Voucher.value_minor, Voucher.state, Voucher.expires_on
        )
        .where(Voucher.member_id == member_id)
        .order_by(Voucher.expires_on, Voucher.id)
    )
    if usable_only:
        today = current_programme(tx).local_day(tx.now)
        statement = statement.where(
            Voucher.state == VoucherState.ISSUED, Voucher.expires_on > today
        )
    return tuple(_voucher(tx, row, keys) for row in tx.run(statement).all())


def vouchers_by_code(tx: Tx, codes: Sequence[str], *, keys: Keys) -> tuple[OwnedVoucher, ...]:
    """Return the vouchers behind codes, in the order given, whatever their state.

    Raises:
        UnknownVoucher: a text is not the code of a voucher, or no voucher has it.
    """
    lookups = [_lookup(text, keys) for text in codes]
    rows = {
        row.lookup: row
        for row in tx.run(
            select(
                Voucher.member_id,
                Voucher.id,
                Voucher.value_minor,
                Voucher.state,
                Voucher.expires_on,
                Voucher.lookup,
            ).where(Voucher.lookup.in_(lookups))
        )
    }
    if any(lookup not in rows for lookup in lookups):
        raise UnknownVoucher
    return tuple(
        OwnedVoucher(rows[lookup].member_id, _voucher(tx, rows[lookup], keys)) for lookup in lookups
    )


def voucher_by_code(
    tx: Tx, code: str, *, keys: Keys, member_id: MemberId | None = None
) -> IssuedVoucher:
    """Return the voucher behind a code; with ``member_id`` only when it is hers.

    Raises:
        UnknownVoucher: there is none, or it is somebody else's.
    """
    found = vouchers_by_code(tx, [code], keys=keys)[0]
    if member_id is not None and found.member_id != member_id:
        raise UnknownVoucher
    return found.voucher


def voucher_progress(tx: Tx, member_id: MemberId) -> VoucherStanding | None:
    """Return how far a member is from her next voucher; ``None`` without such a rule."""
    rule = current_programme(tx).vouchers
    if rule is None:
        return None
    row = tx.run(
        select(VoucherProgress.spend_minor, VoucherProgress.issued).where(
            VoucherProgress.member_id == member_id
        )
    ).first()
    spend, issued = (row.spend_minor, row.issued) if row else (0, 0)
    next_at = (max(issued, spend // rule.per_spend_minor) + 1) * rule.per_spend_minor
    return VoucherStanding(spend, rule.per_spend_minor, next_at - spend, issued)


def _lookup(text: str, keys: Keys) -> str:
    try:
        code = read_code(text)
    except ValueError as error:
        raise UnknownVoucher from error
    if code.kind is not CodeKind.VOUCHER:
        raise UnknownVoucher
    return lookup_of(keys, code)


def _voucher(tx: Tx, row: Any, keys: Keys) -> IssuedVoucher:
    """Return the read model; once its day is over a voucher shows as expired, job or no job."""
    state = row.state
    if state is VoucherState.ISSUED and row.expires_on <= current_programme(tx).local_day(tx.now):
        state = VoucherState.EXPIRED
    return IssuedVoucher(
        voucher_id=row.id,
        code=code_of(keys, CodeKind.VOUCHER, row.id).letters,
        value_minor=row.value_minor,
        state=state,
        expires_on=row.expires_on,
    )
