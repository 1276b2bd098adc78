"""``return``, ``void`` and ``reinstate``: what comes back, and what is confirmed again."""

from __future__ import annotations

from collections.abc import Iterator

from admin.examples.amounts import milli
from admin.examples.stage import Answer, Sold, Stage
from admin.examples.story import Plain, Step
from admin.examples.verbs.baskets import buyer_of, key_of, name_of, shown, till_lines
from admin.examples.verbs.members import extension_of
from admin.examples.verbs.sales import NO_LIMIT_DAYS
from loyalty.queries import purchase_detail
from loyalty.values import ReturnedLine
from pos_adapter.commands import reinstate_sale, return_articles, return_without_receipt
from pos_adapter.values import LooseClaim, ReturnClaim

UNNAMED = "amount"
"""The article of money that comes back without receipt and without articles."""


def take_back(stage: Stage, step: Step, nth: int) -> Answer:
    """Take back lines of a purchase, an amount of money, or all that is left of it."""
    asked: Plain = step.asked
    if "of" not in asked:
        return _without_receipt(stage, step, asked, nth)
    sold = stage.sold(str(asked["of"]))
    more: dict[str, object] = {}
    if "amount" in asked:
        more["amount_minor"] = stage.minor(asked["amount"])
    if asked.get("whole") or not (asked.get("lines") or "amount" in asked):
        more["whole"] = True
    return _return(stage, step, nth, sold, more)


def _without_receipt(stage: Stage, step: Step, asked: Plain, nth: int) -> Answer:
    """Take articles back that nobody has a receipt for, or money for articles that none names."""
    lines = list(asked.get("lines", ()))
    if "amount" in asked:
        lines.append({"sku": UNNAMED, "price": asked["amount"]})
    who = asked.get("card") or asked.get("member")
    claim = LooseClaim(
        key=key_of(stage, step, asked, nth),
        occurred_at=step.occurred_at,
        currency=stage.story.currency.code,
        lines=tuple(till_lines(stage, lines)),
        card=shown(stage, who),
        staff_id=stage.cast.staff.get(str(asked.get("staff"))),
        approved_by=str(asked.get("approver", "")),
        reason=str(asked.get("reason", "")),
        gift_card=str(asked.get("gift_card", "")),
    )
    with stage.begin() as tx:
        taken = return_without_receipt(
            tx, keys=stage.keys, claim=claim, most_days_late=NO_LIMIT_DAYS
        )
    return Answer(member=buyer_of(stage, asked), result=taken, receipt=taken.receipt)


def void(stage: Stage, step: Step, nth: int) -> Answer:
    """Take a whole purchase back as if it had never been."""
    asked: Plain = step.asked if isinstance(step.asked, dict) else {"of": step.asked}
    return _return(stage, step, nth, stage.sold(str(asked["of"])), {"void": True})


def reinstate(stage: Stage, step: Step, nth: int) -> Answer:
    """Confirm again what was voided."""
    asked: Plain = step.asked
    sold = stage.sold(str(asked["of"]))
    with stage.begin() as tx:
        settled = reinstate_sale(
            tx,
            keys=stage.keys,
            key=key_of(stage, step, asked, nth),
            voided=sold.purchase_id,
            occurred_at=step.occurred_at,
        )
    name = str(asked.get("as") or asked["of"])
    stage.cast.sold[name] = Sold(
        settled.receipt.purchase_id, settled.key, sold.member, sold.lines, sold.claim
    )
    return Answer(
        member=sold.member, result=settled, receipt=settled.receipt, basket=settled.basket
    )


def _return(stage: Stage, step: Step, nth: int, sold: Sold, more: dict[str, object]) -> Answer:
    asked: Plain = step.asked if isinstance(step.asked, dict) else {}
    if step.extension is not None:
        more["extension"] = extension_of(stage, step.extension)
    with stage.begin() as tx:
        left = {
            line.line_no: line.left_milli for line in purchase_detail(tx, sold.purchase_id).lines
        }
        claim = ReturnClaim(
            key=key_of(stage, step, asked, nth),
            occurred_at=step.occurred_at,
            lines=tuple(_lines(sold, asked, left)) if not more else (),
            purchase_id=sold.purchase_id,
            staff_id=stage.cast.staff.get(str(asked.get("staff"))),
            **more,  # type: ignore[arg-type]  # its own fields, by name
        )
        taken = return_articles(tx, claim=claim, most_days_late=NO_LIMIT_DAYS)
    return Answer(member=sold.member, result=taken, receipt=taken.receipt)


def _lines(sold: Sold, asked: Plain, left: dict[int, int]) -> Iterator[ReturnedLine]:
    """Yield what comes back, line by line of the receipt."""
    rest = dict(left)
    for line in asked.get("lines", ()):
        yield from _one(sold, line, rest)


def _one(sold: Sold, line: Plain, rest: dict[int, int]) -> Iterator[ReturnedLine]:
    """Yield where a returned quantity is taken from: its position, or the article's lines.

    What no line has left is asked of the last one, which refuses it.
    """
    wanted = milli(line.get("quantity", 1))
    if "position" in line:
        yield ReturnedLine(int(line["position"]), wanted)
        return
    named = [
        number
        for number, one in enumerate(sold.lines, start=1)
        if name_of(number, one) == str(line["article"])
    ]
    for number in named:
        taken = wanted if number == named[-1] else min(wanted, rest.get(number, 0))
        if taken:
            rest[number] = rest.get(number, 0) - taken
            wanted -= taken
            yield ReturnedLine(number, taken)
