"""Taking articles back: money, points, tier credit and offers, exactly."""

from __future__ import annotations

from loyalty.commands import record_return
from loyalty.kernel.tx import Tx
from loyalty.queries import find_return
from loyalty.values import PurchaseId, Returned
from offers.commands import restore_uses
from pos_adapter.basket import return_hash
from pos_adapter.commands.days import MAX_DAYS_LATE, check_day
from pos_adapter.queries.receipts import purchase_of
from pos_adapter.values import ReturnClaim, TakenBack


def return_articles(
    tx: Tx, *, claim: ReturnClaim, most_days_late: int = MAX_DAYS_LATE
) -> TakenBack:
    """Take articles of a purchase back and undo what they had brought.

    The refund is read from the shares that were stored with the sale, so any sequence of partial
    returns ends where one return of everything would. The same return again gives the first answer.

    Raises:
        UnknownPurchase: there is no such sale, or nobody has sent it yet.
        NothingToReturn: more would come back than is left of a line; nothing was recorded.
        SaleConflict: the return's own identity stands for something else.
        DayRefused: its time or business day cannot be right.
    """
    content = return_hash(claim)
    earlier = find_return(tx, claim.key, request_hash=content)
    if earlier is not None:
        return TakenBack(claim.key, earlier)
    check_day(tx, claim.key, claim.occurred_at, most_days_late=most_days_late)
    purchase_id = _purchase(tx, claim)
    receipt = record_return(
        tx,
        returned=Returned(
            key=claim.key,
            purchase_id=purchase_id,
            occurred_at=claim.occurred_at,
            lines=claim.lines,
            request_hash=content,
            staff_id=claim.staff_id,
            amount_minor=claim.amount_minor,
            whole=claim.whole,
            void=claim.void,
            extension=claim.extension,
        ),
    )
    if receipt.offers_given_back:
        restore_uses(tx, purchase_id=purchase_id, offer_ids=receipt.offers_given_back)
    return TakenBack(claim.key, receipt)


def _purchase(tx: Tx, claim: ReturnClaim) -> PurchaseId:
    """Return the purchase that the return names, by its id or by the till's own identity."""
    if claim.sold is not None:
        return purchase_of(tx, claim.sold)
    assert claim.purchase_id is not None, "the schema asks for one of the two"
    return PurchaseId(claim.purchase_id)
