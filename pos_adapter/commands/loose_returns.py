"""Taking articles back that nobody has a receipt for."""

from __future__ import annotations

from loyalty.commands import record_loose_return
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.queries import current_programme, find_return
from loyalty.values import BroughtBack, SaleLine
from offers.values import PricedLine
from pos_adapter.basket import loose_hash
from pos_adapter.commands.days import MAX_DAYS_LATE, check_day
from pos_adapter.errors import OtherCurrency
from pos_adapter.queries.cards import holder_of
from pos_adapter.queries.quotes import assembled_lines, sale_line
from pos_adapter.values import LooseClaim, TakenBack


def return_without_receipt(
    tx: Tx, *, keys: Keys, claim: LooseClaim, most_days_late: int = MAX_DAYS_LATE
) -> TakenBack:
    """Take articles back without a receipt, each at today's price, as the programme allows.

    The same return again gives the first answer, even when card or prices have changed since.

    Raises:
        ReceiptNeeded, CardNeeded, ManagerNeeded, GiftCardNeeded, TooManyReturns,
        NotBoughtLately: the programme does not allow it, or not like this.
        SaleConflict: the return's own identity stands for something else.
        DayRefused: its time or business day cannot be right.
        UnknownArticles, FractionalQuantity, OtherCurrency: it cannot be priced.
        Whatever a card is refused with.
    """
    content = loose_hash(claim)
    earlier = find_return(tx, claim.key, request_hash=content)
    if earlier is not None:
        return TakenBack(claim.key, earlier)
    check_day(tx, claim.key, claim.occurred_at, most_days_late=most_days_late)
    programme = current_programme(tx)
    if claim.currency != programme.currency:
        raise OtherCurrency(expected=programme.currency)
    holder = holder_of(tx, keys=keys, shown=claim.card) if claim.card else None
    brought = BroughtBack(
        key=claim.key,
        occurred_at=claim.occurred_at,
        currency=claim.currency,
        lines=_lines(tx, claim),
        request_hash=content,
        member_id=holder.member_id if holder else None,
        staff_id=claim.staff_id,
        approved_by=claim.approved_by,
        reason=claim.reason,
        gift_card=claim.gift_card,
    )
    return TakenBack(claim.key, record_loose_return(tx, brought=brought))


def _lines(tx: Tx, claim: LooseClaim) -> tuple[SaleLine, ...]:
    """Return the articles at today's price: no offer takes anything off."""
    assembled = assembled_lines(tx, claim.lines)
    sent = {line.line_no: line for line in claim.lines}
    return tuple(
        sale_line(PricedLine(line, line.gross_minor, ()), assembled, sent.get(line.line_no))
        for line in assembled.lines
    )
