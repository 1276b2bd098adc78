"""``purchase`` and ``quote``: as a till asks and settles."""

from __future__ import annotations

from admin.examples.opening import LANGUAGE
from admin.examples.stage import Answer, NotHonouredYet, Sold, Stage
from admin.examples.story import Plain, Step
from admin.examples.verbs.baskets import basket_of, buyer_of, key_of, lines_of
from pos_adapter.commands import commit_sale
from pos_adapter.queries import quote as quote_basket
from pos_adapter.values import SaleClaim

NOT_YET = (
    *("beneficiary", "coupons", "activate", "redeem", "tenders", "training", "offline"),
    *("suspended", "coupons_must_apply"),
)
NO_LIMIT_DAYS = 36_500
"""A till of a story may send as late as it likes."""


def purchase(stage: Stage, step: Step, nth: int) -> Answer:
    """Settle a basket and remember the purchase by the name the file gives it."""
    asked: Plain = step.asked
    refuse_words(asked)
    member = buyer_of(asked)
    claim = SaleClaim(
        key=key_of(stage, step, asked, nth),
        basket=basket_of(stage, step, asked),
        occurred_at=step.occurred_at,
        staff_id=stage.cast.staff.get(str(asked.get("staff"))),
    )
    with stage.begin(f"till:{claim.key.till}") as tx:
        settled = commit_sale(
            tx, keys=stage.keys, claim=claim, language=LANGUAGE, most_days_late=NO_LIMIT_DAYS
        )
    name = str(asked.get("as", step.path))
    stage.cast.sold[name] = Sold(
        settled.receipt.purchase_id, claim.key, member, tuple(lines_of(asked)), claim
    )
    return Answer(member=member, result=settled, receipt=settled.receipt, basket=settled.basket)


def quote(stage: Stage, step: Step, nth: int) -> Answer:
    """Price a basket as a purchase would; nothing is written."""
    del nth
    asked: Plain = step.asked
    refuse_words(asked)
    with stage.look() as tx:
        answered = quote_basket(
            tx, keys=stage.keys, claim=basket_of(stage, step, asked), language=LANGUAGE
        )
    return Answer(member=buyer_of(asked), result=answered, receipt=answered, basket=answered.basket)


def refuse_words(asked: Plain) -> None:
    """Stop at a word that would otherwise be passed over in silence."""
    for word in NOT_YET:
        if asked.get(word):
            raise NotHonouredYet(word)
