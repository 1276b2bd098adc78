"""The till API, `/api/v1/till`: identify, quote, sell, take back."""

from __future__ import annotations

from datetime import date
from typing import Any

from loyalty import errors as loyalty
from loyalty.kernel.access.errors import TerminalSuspended, WrongCredentials
from loyalty.kernel.access.principals import TERMINAL, allow
from loyalty.kernel.problems import (
    InvalidInput,
    NotFound,
    NotSignedIn,
    StorageUnavailable,
    TooManyTries,
)
from loyalty.kernel.web.api import api_blueprint, refuses
from loyalty.kernel.web.context import current_actor, database, language, runtime
from loyalty.kernel.web.csrf import ForgedRequest
from loyalty.queries import last_sequence
from loyalty.values import SaleKey, StoreId
from offers import errors as offers
from pos_adapter import claims, wire
from pos_adapter import errors as till_errors
from pos_adapter.callers import calling_till, looking_up, manager_of
from pos_adapter.commands import commit_sale, return_articles, return_without_receipt
from pos_adapter.queries import identify, look_for_articles, quote, sold, sold_by_code
from pos_adapter.schemas import incoming, outgoing
from pos_adapter.schemas.loose import LooseReturnIn
from pos_adapter.values import CardShown

blueprint = api_blueprint(
    "till-api",
    prefix="/till",
    description="For tills: who is this, what does it cost, it was sold.",
)

_CALLER = (
    NotSignedIn,
    ForgedRequest,
    StorageUnavailable,
    TerminalSuspended,
    till_errors.SignatureMissing,
    till_errors.SignatureMalformed,
    till_errors.SignatureIncomplete,
    till_errors.SignatureStale,
    till_errors.SignatureWrong,
    till_errors.SignatureBodyChanged,
    till_errors.SignatureReplayed,
    till_errors.KeyUnknown,
    till_errors.KeyRevoked,
)
_CARD = (
    loyalty.CardNotReadable,
    loyalty.CardMistyped,
    loyalty.UnknownCard,
    loyalty.CardBlocked,
    loyalty.CardReplaced,
    loyalty.MemberBlocked,
    TooManyTries,
)
_BASKET = (
    InvalidInput,
    till_errors.UnknownArticles,
    till_errors.FractionalQuantity,
    till_errors.OwnPriceRefused,
    till_errors.OtherCurrency,
    till_errors.OtherTill,
    till_errors.VoucherNotNeeded,
    till_errors.VoucherNeedsCard,
    loyalty.UnknownVoucher,
    loyalty.VoucherNotUsable,
    loyalty.NoProgramme,
)


@blueprint.route("/identifications", methods=["POST"])
@allow(TERMINAL)
@blueprint.arguments(incoming.CardIn)
@blueprint.response(200, outgoing.IdentificationOut)
@refuses(blueprint, InvalidInput, *_CARD, *_CALLER)
def create_identification(body: dict[str, Any]) -> dict[str, Any]:
    """Tell who holds a card: first name and initial, tier, points, offers that work."""
    till, shown = calling_till(), CardShown(**body)
    with looking_up(till, shown, counted=True), database().look() as tx:
        found = identify(tx, keys=runtime().keys, shown=shown, language=language())
        return wire.identification(wire.Speaker(tx, language()), found)


@blueprint.route("/quotes", methods=["POST"])
@allow(TERMINAL)
@blueprint.arguments(incoming.BasketIn)
@blueprint.response(200, outgoing.QuoteOut)
@refuses(blueprint, *_BASKET, *_CARD, *_CALLER)
def create_quote(body: dict[str, Any]) -> dict[str, Any]:
    """Tell what a basket costs and earns now. Writes nothing; ask at every change."""
    till = calling_till()
    claim = claims.basket(till, body)
    with looking_up(till, claim.card), database().look() as tx:
        found = quote(tx, keys=runtime().keys, claim=claim, language=language())
        return wire.quote(wire.Speaker(tx, language()), found)


@blueprint.route("/sales", methods=["POST"])
@allow(TERMINAL)
@blueprint.arguments(incoming.SaleIn)
@blueprint.response(201, outgoing.SaleOut)
@blueprint.alt_response(200, schema=outgoing.SaleOut, description="It was recorded before.")
@refuses(
    blueprint,
    *_BASKET,
    *_CARD,
    *_CALLER,
    till_errors.DayRefused,
    till_errors.QuoteChanged,
    till_errors.TendersDiffer,
    loyalty.SaleConflict,
    loyalty.SaleInconsistent,
    loyalty.UnknownStore,
    offers.LimitReached,
    offers.BudgetExceeded,
)
def create_sale(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Record a sale, once: the same content again gets the first answer, with 200."""
    till = calling_till()
    claim = claims.sale(till, body)
    with looking_up(till, claim.basket.card), database().begin(actor=current_actor()) as tx:
        settled = commit_sale(tx, keys=runtime().keys, claim=claim, language=language())
        answer = wire.sale(wire.Speaker(tx, language()), settled)
    return answer, 200 if settled.receipt.replayed else 201


@blueprint.route("/sales/<store_id>/<till>/<business_on>/<int:sequence>")
@allow(TERMINAL)
@blueprint.response(200, outgoing.SoldOut)
@refuses(blueprint, loyalty.UnknownPurchase, *_CALLER)
def show_sale(store_id: str, till: str, business_on: str, sequence: int) -> dict[str, Any]:
    """Show a sale by the till's own identity of it, with what has come back."""
    calling_till()
    key = SaleKey(StoreId(store_id), till, _day(business_on), sequence)
    with database().look() as tx:
        return wire.sold(sold(tx, key, language=language()))


@blueprint.route("/receipts/<code>")
@allow(TERMINAL)
@blueprint.response(200, outgoing.SoldOut)
@refuses(blueprint, till_errors.UnknownReceipt, loyalty.UnknownPurchase, *_CALLER)
def show_receipt(code: str) -> dict[str, Any]:
    """Show a sale by the code on its receipt."""
    calling_till()
    with database().look() as tx:
        return wire.sold(sold_by_code(tx, code, language=language()))


@blueprint.route("/returns", methods=["POST"])
@allow(TERMINAL)
@blueprint.arguments(incoming.ReturnIn)
@blueprint.response(201, outgoing.ReturnOut)
@blueprint.alt_response(200, schema=outgoing.ReturnOut, description="It was recorded before.")
@refuses(
    blueprint,
    InvalidInput,
    *_CALLER,
    till_errors.OtherTill,
    till_errors.UnknownReceipt,
    till_errors.DayRefused,
    loyalty.UnknownPurchase,
    loyalty.NothingToReturn,
    loyalty.SaleConflict,
)
def create_return(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Take articles back: the refund, and what points, tier and offers become."""
    claim = claims.returned(calling_till(), body)
    with database().begin(actor=current_actor()) as tx:
        taken = return_articles(tx, claim=claim)
        answer = wire.taken_back(wire.Speaker(tx, language()), taken)
    return answer, 200 if taken.receipt.replayed else 201


@blueprint.route("/returns-without-receipt", methods=["POST"])
@allow(TERMINAL)
@blueprint.arguments(LooseReturnIn)
@blueprint.response(201, outgoing.ReturnOut)
@blueprint.alt_response(200, schema=outgoing.ReturnOut, description="It was recorded before.")
@refuses(
    blueprint,
    *_CARD,
    *_CALLER,
    InvalidInput,
    WrongCredentials,
    till_errors.UnknownArticles,
    till_errors.FractionalQuantity,
    till_errors.OwnPriceRefused,
    till_errors.OtherCurrency,
    till_errors.OtherTill,
    till_errors.DayRefused,
    loyalty.ReceiptNeeded,
    loyalty.CardNeeded,
    loyalty.ManagerNeeded,
    loyalty.GiftCardNeeded,
    loyalty.TooManyReturns,
    loyalty.NotBoughtLately,
    loyalty.SaleConflict,
    loyalty.UnknownStore,
    loyalty.NoProgramme,
)
def create_loose_return(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Take articles back that nobody has a receipt for, as the programme allows."""
    till = calling_till()
    claim = claims.loose(till, body, manager_of(till, body))
    with looking_up(till, claim.card), database().begin(actor=current_actor()) as tx:
        taken = return_without_receipt(tx, keys=runtime().keys, claim=claim)
        answer = wire.taken_back(wire.Speaker(tx, language()), taken)
    return answer, 200 if taken.receipt.replayed else 201


@blueprint.route("/articles")
@allow(TERMINAL)
@blueprint.arguments(incoming.ArticleQuery, location="query")
@blueprint.response(200, outgoing.TillArticlesOut)
@refuses(blueprint, InvalidInput, *_CALLER)
def list_articles(query: dict[str, Any]) -> dict[str, Any]:
    """Look articles up: by the number that was scanned, or by words of the name."""
    calling_till()
    with database().look() as tx:
        found = look_for_articles(tx, **query)
    return {"items": [wire.article(one) for one in found]}


@blueprint.route("/counter")
@allow(TERMINAL)
@blueprint.arguments(incoming.CounterQuery, location="query")
@blueprint.response(200, outgoing.CounterOut)
@refuses(blueprint, InvalidInput, *_CALLER)
def show_counter(query: dict[str, Any]) -> dict[str, Any]:
    """Tell where this till's receipt numbers go on, for one that has lost count."""
    till, day = calling_till(), query["business_on"]
    with database().look() as tx:
        last = last_sequence(tx, store_id=till.store_id, till=till.name, business_on=day)
    return {"business_on": day, "next_sequence": last + 1}


def _day(text: str) -> date:
    """Return the day in an address.

    Raises:
        NotFound: it is not one, so there is nothing here.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotFound("sale") from error
