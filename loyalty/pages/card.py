"""The card: what a shopper shows at the till, and what stands behind it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response

from loyalty.kernel.access.principals import MEMBER, allow
from loyalty.kernel.clock import local
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import current_actor, database, language, runtime
from loyalty.kernel.web.pages import render_page
from loyalty.pages.lasting import Lapse, next_lapse
from loyalty.pages.picturing import Picture
from loyalty.pages.shopper import blueprint, member_in_hand, render_unseen
from loyalty.pages.stairs import Stairs, stairs_of
from loyalty.pages.vouchers import ShownVoucher, usable_vouchers
from loyalty.queries import (
    Balance,
    MemberCard,
    VoucherStanding,
    balance,
    cards_of,
    current_programme,
    tier_progress,
    voucher_progress,
)
from loyalty.queries.membership import Membership
from loyalty.saying import is_plain, quantity_text
from loyalty.values import CardState, TierProgress

SHOWN_VOUCHERS = 3
"""How many vouchers stand on the card's page; the others are one tap away."""


@dataclass(frozen=True, slots=True)
class Pass:
    """What is on the card itself, and all that a phone keeps of it.

    ``points`` are those she may spend now, worth ``value_minor``; ``said`` says how much of what
    where they are not simply points. ``picture`` is empty while no
    card is usable: blocked, and not yet replaced.
    """

    display_name: str
    level: str
    level_name: str
    points: int
    value_minor: int
    picture: Picture | None
    as_of: datetime
    clock_time: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class CardPage:
    """Everything on the card's page."""

    own: Pass
    held: Balance
    stairs: Stairs | None
    lapse: Lapse | None
    vouchers: tuple[ShownVoucher, ...]
    standing: VoucherStanding | None

    @property
    def shown(self) -> tuple[ShownVoucher, ...]:
        """Return the vouchers that end first."""
        return self.vouchers[:SHOWN_VOUCHERS]


@blueprint.get("/")
@allow(MEMBER)
def card() -> Response:
    """Show the card with the balance, the stairs and the vouchers."""
    with database().look(actor=current_actor()) as tx:
        member = member_in_hand(tx)
        page = _page(tx, member)
    return render_page("loyalty/card.html", page=page, own=page.own)


@blueprint.get("/pocket")
@allow(MEMBER)
def pocket() -> Response:
    """Show what a phone may keep: name, code, balance and level, and when that was true."""
    with database().look(actor=current_actor()) as tx:
        member = member_in_hand(tx)
        held = balance(tx, member.member_id)
        own = _pass(tx, member, held, tier_progress(tx, member.member_id))
    return render_unseen("loyalty/pocket.html", own=own, nav=())


def _page(tx: Tx, member: Membership) -> CardPage:
    """Read everything that the card's page shows."""
    programme = current_programme(tx)
    held = balance(tx, member.member_id)
    tier = tier_progress(tx, member.member_id)
    return CardPage(
        own=_pass(tx, member, held, tier),
        held=held,
        stairs=stairs_of(programme, tier, language()),
        lapse=next_lapse(programme, held, today=programme.local_day(tx.now), language=language()),
        vouchers=usable_vouchers(tx, member.member_id),
        standing=voucher_progress(tx, member.member_id),
    )


def _pass(tx: Tx, member: Membership, held: Balance, tier: TierProgress) -> Pass:
    """Return what is on a member's card now."""
    programme = current_programme(tx)
    plain = is_plain(programme)
    return Pass(
        display_name=member.display_name,
        level=tier.level,
        said="" if plain else quantity_text(programme, language(), held.available),
        level_name=programme.level_name(tier.level, language()),
        points=held.available,
        value_minor=held.value_minor,
        picture=_usable(cards_of(tx, member.member_id, keys=runtime().keys)),
        as_of=tx.now,
        clock_time=f"{local(tx.now, runtime().settings.zone):%H:%M}",
    )


def _usable(cards: tuple[MemberCard, ...]) -> Picture | None:
    """Return the newest card that tills accept."""
    active = [card for card in cards if card.state is CardState.ACTIVE]
    return Picture(active[0].code) if active else None
