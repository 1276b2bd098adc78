"""What a member's points buy: the catalogue, claiming, and what waits for her at the desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import marshmallow as ma
from flask import Response, flash

from loyalty.commands import claim_reward, release_redemption
from loyalty.errors import RedemptionEnded, UnknownReward
from loyalty.kernel.access.principals import MEMBER, allow
from loyalty.kernel.i18n import gettext, problem_text
from loyalty.kernel.problems import N_, Problem
from loyalty.kernel.signing import random_token
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import current_actor, database, language, runtime
from loyalty.kernel.web.fields import Whole
from loyalty.kernel.web.pages import Form, read_form, render_page
from loyalty.pages.shopper import blueprint, go_to, member_in_hand
from loyalty.pages.wording.speech import Speech
from loyalty.pages.wording.spending import redemption_terms
from loyalty.programme import RewardKind, RewardRule
from loyalty.queries import balance, current_programme, reward_catalogue
from loyalty.queries.amounts import Amounts
from loyalty.queries.balances import balances_of
from loyalty.queries.redemptions import (
    claimed_by,
    member_redemptions,
    reward_name,
    state_of,
)
from loyalty.queries.rewards import RewardView
from loyalty.values import MemberId, RedemptionId, RedemptionState

MOST_SHOWN = 10
KEPT_SECONDS = 48 * 3600
"""How long a reward is kept at the desk for a member who claimed it on her phone."""
_AT_HOME = frozenset({RewardKind.VOUCHER, RewardKind.ARTICLE})
"""What can be claimed away from a till: the rest lowers what is paid there."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A reward on the page. ``short`` is what is missing to the cost, in grains of its wallet.

    ``had`` tells that she claimed it as often as a member may.
    """

    view: RewardView
    short: int
    held: int
    had: bool
    at_home: bool
    attempt: str


class ClaimForm(ma.Schema):
    """A reward that a member wants."""

    reward = ma.fields.String(required=True, validate=ma.validate.Length(min=1, max=80))
    claims = Whole(from_text=True, at_least=1, at_most=20, load_default=1)
    attempt = ma.fields.String(required=True, validate=ma.validate.Length(min=8, max=80))
    sure = ma.fields.String(load_default="")


@blueprint.get("/rewards")
@allow(MEMBER)
def rewards() -> Response:
    """Show what points buy, what is missing to each, and what was claimed."""
    with database().look(actor=current_actor()) as tx:
        member = member_in_hand(tx)
        programme = current_programme(tx)
        who = member.member_id
        speech = Speech(programme, language())
        return render_page(
            "loyalty/rewards.html",
            shown=_shown(tx, who),
            rules={one.id: one for one in programme.rewards},
            held=balance(tx, who),
            amount=Amounts(programme, language()),
            terms=redemption_terms(speech),
            claimed=member_redemptions(tx, who, language=language(), limit=MOST_SHOWN).items,
        )


@blueprint.post("/rewards")
@allow(MEMBER)
def claim() -> Response:
    """Claim a voucher, or have an article kept at the desk; asks once."""
    form = read_form(ClaimForm())
    if not form.ok:
        return go_to("shopper.rewards")
    try:
        with database().begin(actor=current_actor()) as tx:
            member = member_in_hand(tx)
            programme = current_programme(tx)
            rule = next((r for r in programme.rewards if r.id == form.values["reward"]), None)
            if rule is None or rule.kind not in _AT_HOME:
                raise UnknownReward(form.values["reward"])
            if not form.values["sure"]:
                return _ask(Amounts(programme, language()), rule, form)
            claim_reward(
                tx,
                keys=runtime().keys,
                member_id=member.member_id,
                reward_id=rule.id,
                claims=form.values["claims"],
                hold_seconds=KEPT_SECONDS if rule.kind is RewardKind.ARTICLE else None,
                source=f"app:{member.member_id}:{form.values['attempt']}",
            )
    except Problem as problem:
        flash(problem_text(language(), problem)[1], "warn")
        return go_to("shopper.rewards")
    if rule.kind is RewardKind.VOUCHER:
        flash(gettext(language(), N_("Yours! Show the code at the till.")), "good")
        return go_to("shopper.vouchers")
    flash(gettext(language(), N_("It is kept for you: fetch it within two days.")), "good")
    return go_to("shopper.rewards", _anchor="claimed")


@blueprint.post("/rewards/<redemption_id>/release")
@allow(MEMBER)
def release(redemption_id: str) -> Response:
    """Give up a reward that is kept at the desk; the points are free again."""
    wanted = RedemptionId(redemption_id)
    try:
        with database().begin(actor=current_actor()) as tx:
            member = member_in_hand(tx)
            state = state_of(tx, member.member_id, wanted)
            if state not in {RedemptionState.HELD, RedemptionState.RELEASED}:
                raise RedemptionEnded(wanted, state)
            release_redemption(tx, member_id=member.member_id, redemption_id=wanted)
        flash(gettext(language(), N_("Your points are free again.")), "good")
    except Problem as problem:
        flash(problem_text(language(), problem)[1], "warn")
    return go_to("shopper.rewards", _anchor="claimed")


def _shown(tx: Tx, member_id: MemberId) -> list[Shown]:
    """Return the catalogue with what is missing to each reward."""
    programme = current_programme(tx)
    rules = {one.id: one for one in programme.rewards}
    usable = {unit: one.usable for unit, one in balances_of(tx, [member_id])[member_id].items()}
    claimed = claimed_by(tx, member_id)
    found = []
    for view in reward_catalogue(tx, member_id, language=language()):
        have = usable.get(view.wallet or programme.default_wallet, 0)
        rule = rules[view.reward_id]
        most = rule.limit.get("member")
        found.append(
            Shown(
                view=view,
                short=max(0, view.cost - have),
                held=have,
                had=most is not None and claimed.get(rule.id, 0) >= most,
                at_home=rule.kind in _AT_HOME,
                attempt=random_token(12),
            )
        )
    return found


def _ask(amount: Amounts, rule: RewardRule, form: Form) -> Response:
    """Say what a claim costs before it is made."""
    cost = amount.with_worth(rule.cost * form.values["claims"], rule.wallet)
    name = reward_name(rule, language())
    sentence = N_("“{reward}” costs {cost}. You get a code for the till at once.")
    if rule.kind is RewardKind.ARTICLE:
        sentence = N_("“{reward}” costs {cost}. It is kept at the desk for two days.")
    fields: dict[str, Any] = {key: form.typed[key] for key in form.typed if key != "sure"}
    return render_page(
        "loyalty/ask.html",
        title=gettext(language(), N_("Claim it?")),
        sentence=gettext(language(), sentence, reward=name, cost=cost),
        fields=fields,
    )
