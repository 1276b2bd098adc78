"""The vouchers of a member, each with the code that a till scans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Response

from loyalty.kernel.access.principals import MEMBER, allow
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import current_actor, database, runtime
from loyalty.kernel.web.pages import render_page
from loyalty.pages.lasting import last_usable_day
from loyalty.pages.picturing import Picture
from loyalty.pages.shopper import blueprint, member_in_hand
from loyalty.queries import voucher_progress, vouchers_of
from loyalty.values import IssuedVoucher, MemberId, VoucherState

MOST_SHOWN = 60
"""How many vouchers a page draws; those that end first come first."""
MOST_ENDED = 20
"""How many used or lapsed vouchers are listed."""


@dataclass(frozen=True, slots=True)
class ShownVoucher:
    """A voucher on a page. ``last_on`` is the last day on which it can be used."""

    voucher_id: str
    value_minor: int
    state: VoucherState
    last_on: date | None
    picture: Picture


@blueprint.get("/vouchers")
@allow(MEMBER)
def vouchers() -> Response:
    """Show the vouchers that can be used, and those that were."""
    with database().look(actor=current_actor()) as tx:
        member = member_in_hand(tx)
        every = [_shown(one) for one in vouchers_of(tx, member.member_id, keys=runtime().keys)]
        standing = voucher_progress(tx, member.member_id)
    usable = _in_order(every)
    ended = sorted(
        (one for one in every if one.state is not VoucherState.ISSUED),
        key=lambda one: (one.last_on or date.max, one.voucher_id),
        reverse=True,
    )
    return render_page(
        "loyalty/vouchers.html",
        usable=usable[:MOST_SHOWN],
        hidden=max(0, len(usable) - MOST_SHOWN),
        ended=ended[:MOST_ENDED],
        standing=standing,
    )


def usable_vouchers(tx: Tx, member_id: MemberId) -> tuple[ShownVoucher, ...]:
    """Return the vouchers that a till accepts today, those that end first in front."""
    found = vouchers_of(tx, member_id, keys=runtime().keys, usable_only=True)
    return tuple(_in_order([_shown(one) for one in found]))


def _in_order(every: list[ShownVoucher]) -> list[ShownVoucher]:
    usable = [one for one in every if one.state is VoucherState.ISSUED]
    return sorted(usable, key=lambda one: (one.last_on or date.max, one.voucher_id))


def _shown(voucher: IssuedVoucher) -> ShownVoucher:
    return ShownVoucher(
        voucher_id=voucher.voucher_id,
        value_minor=voucher.value_minor,
        state=voucher.state,
        last_on=last_usable_day(voucher.expires_on, inclusive=False),
        picture=Picture(voucher.code),
    )
