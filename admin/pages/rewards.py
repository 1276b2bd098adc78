"""A member's vouchers and rewards: given, claimed on her behalf, taken back; and the catalogue."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response
from werkzeug.wrappers import Response as Answer

from admin.pages.blueprint import blueprint
from admin.pages.desk import ONCE, ask_once, checked, full_name, refused, said, seat, source_of
from admin.pages.members import HANDS, SEE
from loyalty.commands import (
    cancel_voucher,
    capture_redemption,
    claim_reward,
    give_voucher,
    release_redemption,
)
from loyalty.errors import UnknownReward
from loyalty.kernel.access.principals import Role, allow, staff
from loyalty.kernel.i18n import format_money, gettext
from loyalty.kernel.problems import N_, Problem
from loyalty.kernel.web.context import current_actor, database, language, runtime
from loyalty.kernel.web.fields import Whole
from loyalty.kernel.web.pages import read_form, render_page
from loyalty.queries import current_programme, membership, reward_catalogue, voucher_progress
from loyalty.queries.amounts import Amounts, grains_of
from loyalty.queries.redemptions import NO_USAGE, claimed_by, member_redemptions, reward_usage
from loyalty.queries.voucher_story import voucher_story, voucher_values
from loyalty.values import MemberId, RedemptionId, VoucherCause, VoucherId, VoucherState

MOST_REDEMPTIONS, MOST_VOUCHERS = 20, 200
HOLD_SECONDS = 24 * 3600
"""How long a reward is kept for a member who comes to fetch it."""
CAUSES = {
    VoucherCause.GOODWILL: N_("goodwill"),
    VoucherCause.COMPLAINT: N_("a complaint"),
    VoucherCause.MISSING: N_("a voucher that was missing"),
    VoucherCause.LOST: N_("a lost voucher"),
}
READERS = staff(Role.MARKETER, Role.ADMIN, Role.ANALYST, Role.AUDITOR, Role.SUPPORT)


class ClaimForm(ma.Schema):
    """A reward for a member; ``keep`` only sets it aside until she fetches it."""

    reward = ma.fields.String(required=True, validate=ma.validate.Length(min=1, max=80))
    claims = Whole(from_text=True, at_least=1, at_most=100, load_default=1)
    amount = ma.fields.String(load_default="", validate=ma.validate.Length(max=20))
    keep = ma.fields.String(load_default="")
    once = ma.fields.String(required=True, validate=ONCE)
    sure = ma.fields.String(load_default="")


class EndForm(ma.Schema):
    """What becomes of a redemption."""

    action = ma.fields.String(required=True, validate=ma.validate.OneOf(("capture", "release")))


class GiftForm(ma.Schema):
    """A voucher that staff give."""

    value_minor = Whole(from_text=True, at_least=1, required=True)
    cause = ma.fields.Enum(VoucherCause, by_value=True, required=True)
    once = ma.fields.String(required=True, validate=ONCE)


class NothingForm(ma.Schema):
    """A button alone."""


@blueprint.get("/members/<member_id>/rewards")
@allow(staff(*SEE))
def member_rewards(member_id: str) -> Response:
    """Show a member's vouchers, what her points buy, and what she claimed."""
    wanted = MemberId(member_id)
    with database().begin(actor=current_actor()) as tx:
        context = seat(tx, member_id, "rewards")
        programme = context["programme"]
        vouchers = voucher_story(tx, wanted, keys=runtime().keys, limit=MOST_VOUCHERS)
        usable = [one for one in vouchers if one.voucher.state is VoucherState.ISSUED]
        return render_page(
            "admin/member_rewards.html",
            usable=sorted(usable, key=lambda one: one.voucher.expires_on),
            ended=[one for one in vouchers if one not in usable],
            standing=voucher_progress(tx, wanted),
            values=voucher_values(programme),
            causes=CAUSES,
            rewards=reward_catalogue(tx, wanted, language=language()),
            rules={one.id: one for one in programme.rewards},
            claimed=claimed_by(tx, wanted),
            redemptions=member_redemptions(
                tx, wanted, language=language(), limit=MOST_REDEMPTIONS
            ).items,
            **context,
        )


@blueprint.post("/members/<member_id>/redemptions")
@allow(staff(*HANDS))
def claim(member_id: str) -> Answer:
    """Claim a reward for a member, or set one aside; asks first."""
    form = read_form(ClaimForm())
    wanted = checked(ClaimForm())
    try:
        with database().begin(actor=current_actor()) as tx:
            who, programme = membership(tx, MemberId(member_id)), current_programme(tx)
            rule = next((one for one in programme.rewards if one.id == wanted["reward"]), None)
            if rule is None:
                raise UnknownReward(wanted["reward"])
            amount = Amounts(programme, language())
            points = grains_of(wanted["amount"], amount.rule(rule.wallet))
            if not wanted["sure"]:
                cost = points if rule.per_points else rule.cost * wanted["claims"]
                name = rule.names.get(language()) or rule.names.get("en") or rule.id
                return _ask_claiming(who, name, amount.with_worth(cost or 0, rule.wallet), form)
            done = claim_reward(
                tx,
                keys=runtime().keys,
                member_id=who.member_id,
                reward_id=rule.id,
                claims=None if rule.per_points else wanted["claims"],
                points=points if rule.per_points else None,
                hold_seconds=HOLD_SECONDS if wanted["keep"] else None,
                source=source_of(wanted["once"]),
            )
    except Problem as problem:
        return refused(problem, "admin.member_rewards", member_id=member_id)
    left = amount(done.available, done.wallet)
    sentence = N_("Set aside until tomorrow. {left} can be spent besides.")
    if not wanted["keep"]:
        sentence = N_("Handed over. {left} can be spent besides.")
    text = gettext(language(), sentence, left=left)
    return said(text, "admin.member_rewards", member_id=member_id)


@blueprint.post("/members/<member_id>/redemptions/<redemption_id>")
@allow(staff(*HANDS))
def end_redemption(member_id: str, redemption_id: str) -> Answer:
    """Hand over what was set aside, set it free, or take back what was handed over."""
    action = checked(EndForm())["action"]
    who, which = MemberId(member_id), RedemptionId(redemption_id)
    try:
        with database().begin(actor=current_actor()) as tx:
            if action == "capture":
                keys = runtime().keys
                done = capture_redemption(tx, keys=keys, member_id=who, redemption_id=which)
                sentence = N_("Handed over. {left} can be spent besides.")
            else:
                done = release_redemption(tx, member_id=who, redemption_id=which)
                sentence = N_("Taken back: {left} can be spent again.")
            left = Amounts(current_programme(tx), language())(done.available, done.wallet)
    except Problem as problem:
        return refused(problem, "admin.member_rewards", member_id=member_id)
    text = gettext(language(), sentence, left=left)
    return said(text, "admin.member_rewards", member_id=member_id)


@blueprint.post("/members/<member_id>/vouchers")
@allow(staff(*HANDS))
def give_one(member_id: str) -> Answer:
    """Give a member one voucher of a value that the programme hands out."""
    wanted = checked(GiftForm())
    try:
        with database().begin(actor=current_actor()) as tx:
            given = give_voucher(
                tx,
                keys=runtime().keys,
                member_id=MemberId(member_id),
                value_minor=wanted["value_minor"],
                cause=wanted["cause"],
                source=source_of(wanted["once"]),
            )
    except Problem as problem:
        return refused(problem, "admin.member_rewards", member_id=member_id)
    value = format_money(language(), given.value_minor, runtime().settings.currency)
    text = gettext(language(), N_("A voucher of {amount} stands in her app."), amount=value)
    return said(text, "admin.member_rewards", member_id=member_id)


@blueprint.post("/members/<member_id>/vouchers/<voucher_id>")
@allow(staff(*HANDS))
def cancel_one(member_id: str, voucher_id: str) -> Answer:
    """Take an unused voucher away for good; the page has asked."""
    checked(NothingForm())
    try:
        with database().begin(actor=current_actor()) as tx:
            cancel_voucher(tx, member_id=MemberId(member_id), voucher_id=VoucherId(voucher_id))
    except Problem as problem:
        return refused(problem, "admin.member_rewards", member_id=member_id)
    text = gettext(language(), N_("The voucher is cancelled: tills refuse it from now on."))
    return said(text, "admin.member_rewards", member_id=member_id)


@blueprint.get("/rewards")
@allow(READERS)
def catalogue() -> Response:
    """Show the rewards of the programme in force: cost, stock, limits, and how they are doing."""
    with database().look() as tx:
        programme = current_programme(tx)
        rewards = reward_catalogue(tx, language=language())
        usage = reward_usage(tx)
    return render_page(
        "admin/rewards.html",
        programme=programme,
        rewards=rewards,
        rules={one.id: one for one in programme.rewards},
        usage={one.reward_id: usage.get(one.reward_id, NO_USAGE) for one in rewards},
        amount=Amounts(programme, language()),
    )


def _ask_claiming(who: Any, name: str, cost: str, form: Any) -> Response:
    """Say what claiming costs."""
    keep = bool(form.values["keep"])
    first = (
        N_("{cost} are set aside for “{reward}”, until tomorrow at this time.")
        if keep
        else (N_("{cost} pay for “{reward}”, at once."))
    )
    second = (
        N_("Hand it over when she fetches it, or set the points free again.")
        if keep
        else (N_("It can be taken back: the points then return with the day on which they lapse."))
    )
    return ask_once(
        who.member_id,
        title=gettext(language(), N_("Redeem for {name}?"), name=full_name(who)),
        sentences=[
            gettext(language(), first, cost=cost, reward=name),
            gettext(language(), second),
        ],
        fields=form.typed,
        label=gettext(language(), N_("Yes, set it aside") if keep else N_("Yes, hand it over")),
        back="admin.member_rewards",
    )
