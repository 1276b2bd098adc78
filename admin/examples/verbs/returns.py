"""``return``: articles that come back."""

from __future__ import annotations

from collections.abc import Iterator

from admin.examples.amounts import milli
from admin.examples.stage import Answer, NotHonouredYet, Sold, Stage
from admin.examples.story import Plain, Step
from admin.examples.verbs.baskets import key_of, name_of
from admin.examples.verbs.sales import NO_LIMIT_DAYS
from loyalty.queries import purchase_detail
from loyalty.values import ReturnedLine
from pos_adapter.commands import return_articles
from pos_adapter.values import ReturnClaim


def take_back(stage: Stage, step: Step, nth: int) -> Answer:
    """Take back lines of a purchase, or all that is left of it."""
    asked: Plain = step.asked
    if "of" not in asked:
        raise NotHonouredYet("a return without receipt")
    if "amount" in asked:
        raise NotHonouredYet("a return of an amount")
    sold = stage.sold(str(asked["of"]))
    with stage.begin() as tx:
        left = {
            line.line_no: line.left_milli for line in purchase_detail(tx, sold.purchase_id).lines
        }
        claim = ReturnClaim(
            key=key_of(stage, step, asked, nth),
            occurred_at=step.occurred_at,
            lines=tuple(_lines(sold, asked, left)),
            purchase_id=sold.purchase_id,
            staff_id=stage.cast.staff.get(str(asked.get("staff"))),
        )
        taken = return_articles(tx, claim=claim, most_days_late=NO_LIMIT_DAYS)
    return Answer(member=sold.member, result=taken, receipt=taken.receipt)


def _lines(sold: Sold, asked: Plain, left: dict[int, int]) -> Iterator[ReturnedLine]:
    """Yield what comes back, line by line of the receipt."""
    if asked.get("whole"):
        yield from (ReturnedLine(number, rest) for number, rest in left.items() if rest)
        return
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
