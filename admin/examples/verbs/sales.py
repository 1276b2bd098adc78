"""``purchase`` and ``quote``: as a till asks and settles."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from admin.examples.opening import LANGUAGE
from admin.examples.stage import Answer, NotHonouredYet, Sold, Stage
from admin.examples.story import Plain, Step
from admin.examples.verbs.baskets import basket_of, buyer_of, key_of, lines_of, shown
from admin.examples.verbs.members import extension_of
from admin.examples.verbs.spending import points_of, till_cost, voucher_id
from loyalty.queries import explain_purchase, purchase_detail
from loyalty.values import Asked, Tender
from offers.commands import activate_offer
from pos_adapter.commands import commit_sale
from pos_adapter.values import SaleClaim, Settled

NO_LIMIT_DAYS = 36_500
"""A till of a story may send as late as it likes."""


class _LeaveNoTrace(Exception):
    """Ends the transaction of a quote."""


def purchase(stage: Stage, step: Step, nth: int) -> Answer:
    """Settle a basket and remember the purchase by the name the file gives it."""
    asked: Plain = step.asked
    if asked.get("suspended"):
        return _suspend(stage, step, asked)
    return settle(stage, step, asked, nth)


def settle(stage: Stage, step: Step, asked: Plain, nth: int) -> Answer:
    """Settle the basket that ``asked`` describes."""
    claim = claim_of(stage, step, asked, nth)
    with stage.begin(f"till:{claim.key.till}") as tx:
        _activate(stage, tx, asked)
        settled = _commit(stage, tx, claim)
    buyer = buyer_of(stage, asked)
    name = str(asked.get("as", step.path))
    lines = tuple(lines_of(asked))
    stage.cast.sold[name] = Sold(settled.receipt.purchase_id, claim.key, buyer, lines, claim)
    for number, voucher in enumerate(settled.receipt.vouchers, start=1):
        stage.cast.things[f"voucher:{name}:{number}"] = voucher.voucher_id
        stage.cast.things.setdefault(f"voucher:{name}", voucher.voucher_id)
    return _answer(asked, buyer, settled)


def quote(stage: Stage, step: Step, nth: int) -> Answer:
    """Work a sale out in full and leave no trace of it."""
    asked: Plain = step.asked
    claim = claim_of(stage, step, asked, nth)
    settled = detail = explanation = None
    with suppress(_LeaveNoTrace), stage.begin(f"till:{claim.key.till}") as tx:
        _activate(stage, tx, asked)
        settled = _commit(stage, tx, claim)
        detail = purchase_detail(tx, settled.receipt.purchase_id)
        if {"explained", "near_misses"} & step.expect.keys():
            explanation = explain_purchase(tx, settled.receipt.purchase_id, language=LANGUAGE)
        raise _LeaveNoTrace
    assert settled is not None, "a refusal leaves by its own way"
    answer = _answer(asked, buyer_of(stage, asked), settled)
    answer.detail = detail
    if explanation is not None:
        answer.facts["explanation"] = explanation
    return answer


def resume(stage: Stage, step: Step, nth: int) -> Answer:
    """Settle a basket that was put aside, at the prices and rules of now."""
    name = str(step.asked["of"])
    asked = stage.cast.things.get(f"suspended:{name}")
    if asked is None:
        raise NotHonouredYet(f"there is no suspended basket {name!r} so far")
    return settle(stage, step, {**asked, "as": step.asked.get("as", name)}, nth)


def claim_of(stage: Stage, step: Step, asked: Plain, nth: int) -> SaleClaim:
    """Return the sale that a till sends."""
    return SaleClaim(
        key=key_of(stage, step, asked, nth),
        basket=basket_of(stage, step, asked),
        occurred_at=step.occurred_at,
        tenders=tuple(_tender(stage, one) for one in asked.get("tenders", ())),
        staff_id=stage.cast.staff.get(str(asked.get("staff"))),
        spending=tuple(
            asked_of(stage, one) for one in asked.get("redeem", ()) if "voucher" not in one
        ),
        beneficiary=shown(stage, asked.get("beneficiary")),
        extension=extension_of(stage, step.extension) if step.extension is not None else None,
        training=bool(asked.get("training")),
        offline=bool(asked.get("offline")),
        part_paid=True,
        codes_must_apply=bool(asked.get("coupons_must_apply")),
        voucher_ids=tuple(
            voucher_id(stage, one["voucher"]) for one in asked.get("redeem", ()) if "voucher" in one
        ),
    )


def asked_of(stage: Stage, one: Plain) -> Asked:
    """Return one thing that the member redeems."""
    points = one.get("points")
    return Asked(
        points=None if points in (None, "all") else points_of(stage, one),
        all_points=points == "all",
        reward_id=str(one.get("reward", "")),
        claims=int(one["units"]) if "units" in one else None,
        till_cost=till_cost(stage, one),
        wallet=str(one.get("wallet", "")),
    )


def _commit(stage: Stage, tx: Any, claim: SaleClaim) -> Settled:
    return commit_sale(
        tx, keys=stage.keys, claim=claim, language=LANGUAGE, most_days_late=NO_LIMIT_DAYS
    )


def _suspend(stage: Stage, step: Step, asked: Plain) -> Answer:
    """Put a basket aside: nothing happens before it is resumed."""
    kept = {key: value for key, value in asked.items() if key != "suspended"}
    stage.cast.things[f"suspended:{asked.get('as', step.path)}"] = kept
    return Answer(member=buyer_of(stage, asked), facts={"earned": {}, "charged": {}})


def _activate(stage: Stage, tx: Any, asked: Plain) -> None:
    """Tap the offers that the shopper activates at the till."""
    buyer = buyer_of(stage, asked)
    for slug in asked.get("activate", ()):
        if buyer is not None:
            activate_offer(
                tx,
                member_id=stage.member_id(buyer),
                offer_id=stage.cast.offers[str(slug)],  # type: ignore[arg-type]  # an OfferId
            )


def _tender(stage: Stage, one: Plain) -> Tender:
    """Return how part of the sale is paid; without amount, what is needed and there is."""
    return Tender(
        kind=str(one["kind"]),
        amount_minor=stage.minor(one["amount"]) if "amount" in one else None,
        wallet=str(one.get("wallet", "")),
        gift_card=str(one.get("gift_card", "")),
        voucher_id=voucher_id(stage, one["voucher"]) if "voucher" in one else None,
    )


def _answer(asked: Plain, buyer: str | None, settled: Settled) -> Answer:
    """Return what came out; what it earns is the beneficiary's where there is one."""
    gainer = asked.get("beneficiary")
    member = str(gainer) if gainer not in (None, "none") else buyer
    return Answer(member=member, result=settled, receipt=settled.receipt, basket=settled.basket)
