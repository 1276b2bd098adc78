"""``claim``: a member says that a purchase was hers; ``approve`` decides about one that waits."""

from __future__ import annotations

from typing import Any

from admin.examples.stage import Answer, Stage, as_date
from admin.examples.story import Plain, Step
from loyalty.queries import purchase_detail
from loyalty.values import Claim, ClaimId, ReceiptNamed
from pos_adapter.commands import claim_purchase, decide_claim


def claim(stage: Stage, step: Step, nth: int) -> Answer:
    """Claim a purchase that was made without the card."""
    asked: Plain = step.asked
    member, sold = str(asked["member"]), stage.sold(str(asked["of"]))
    with stage.begin() as tx:
        detail = purchase_detail(tx, sold.purchase_id)
        total = detail.purchase.total_minor
        receipt = ReceiptNamed(
            bought_on=as_date(asked["bought_on"]) if "bought_on" in asked else sold.key.business_on,
            total_minor=stage.minor(asked["total"]) if "total" in asked else total,
            number=sold.key.sequence,
            store_id=sold.key.store_id,
            till=sold.key.till,
        )
        claimed = claim_purchase(
            tx,
            keys=stage.keys,
            member_id=stage.member_id(member),
            receipt=receipt,
            source=step.cause(nth),
        )
    for name in (asked.get("as"), asked["of"]):
        stage.cast.things[f"claim:{name}"] = (member, claimed.claim_id)
    return _answer(stage, member, claimed)


def decide(
    stage: Stage, member: str, claim_id: ClaimId, *, accept: bool, reason: str, actor: str
) -> Answer:
    """Accept a claim that waits, or refuse it."""
    with stage.begin(actor) as tx:
        decided = decide_claim(tx, keys=stage.keys, claim_id=claim_id, accept=accept, reason=reason)
    return _answer(stage, member, decided)


def _answer(stage: Stage, member: str, claimed: Claim) -> Answer:
    facts: dict[str, Any] = {"charged": {}, "claim": claimed.state.value, "why": claimed.why.value}
    facts["earned"] = {stage.wallet: claimed.points} if claimed.points else {}
    return Answer(member=member, result=claimed, facts=facts)
