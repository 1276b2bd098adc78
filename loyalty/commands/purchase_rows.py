"""The rows beneath a purchase: lines, offer shares, earnings; and the receipt that closes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, text, update

from loyalty.commands.sql import insert_rows, table_of
from loyalty.earning import LineEarning
from loyalty.kernel.db import Json
from loyalty.kernel.tx import Tx
from loyalty.models import Purchase, PurchaseEarning, PurchaseLine, PurchaseShare
from loyalty.values import PurchaseId, SaleLine

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Details:
    """The rows of one or more purchases, ready to be inserted."""

    lines: Rows
    shares: Rows
    earnings: Rows


@dataclass(frozen=True, slots=True)
class Completion:
    """What a member's sale came to in the end; written over the claimed purchase."""

    purchase_id: PurchaseId
    voucher_minor: int
    due_minor: int
    receipt: dict[str, Any]

    def columns(self) -> dict[str, Any]:
        """Return the parameters of the statement that writes it."""
        return {
            "purchase_id": self.purchase_id,
            "voucher_minor": self.voucher_minor,
            "due_minor": self.due_minor,
            "receipt": self.receipt,
        }


def insert_details(tx: Tx, details: Details) -> None:
    """Insert the rows of purchases that are written down.

    There are many and they are plain, so on PostgreSQL they go as JSON documents, in one statement.
    """
    if tx.dialect == "postgresql":
        tx.write(_DETAILS, _documents(details, None))
        return
    for model, rows in (
        (PurchaseLine, details.lines),
        (PurchaseShare, details.shares),
        (PurchaseEarning, details.earnings),
    ):
        insert_rows(tx, model, rows)


def close_purchase(tx: Tx, details: Details, completion: Completion | None) -> None:
    """Insert a purchase's details and write its receipt: one statement on PostgreSQL."""
    if completion is None:
        insert_details(tx, details)
    elif tx.dialect == "postgresql":
        tx.write(_CLOSE, _documents(details, completion))
    else:
        insert_details(tx, details)
        tx.write(_COMPLETE, completion.columns())


def complete_purchase(tx: Tx, purchase_id: PurchaseId, facts: dict[str, Any]) -> None:
    """Write over a claimed purchase what it came to in the end."""
    tx.run(update(table_of(Purchase)).where(Purchase.id == purchase_id).values(**facts))


def detail_rows(
    purchase_id: PurchaseId,
    lines: Sequence[SaleLine],
    earnings: Sequence[LineEarning],
    spend: Mapping[int, int],
) -> Details:
    """Return the rows of a purchase's lines, of the offers' shares and of what it earned.

    ``spend`` is what of each line counts as spend.
    """
    turns = {rule: turn for turn, rule in enumerate(dict.fromkeys(one.rule for one in earnings))}
    return Details(
        lines=[_line(purchase_id, line, spend.get(line.line_no, 0)) for line in lines],
        shares=[share for line in lines for share in _shares(purchase_id, line)],
        earnings=[_earning(purchase_id, one, turns[one.rule]) for one in earnings],
    )


def _line(purchase_id: PurchaseId, line: SaleLine, spend_minor: int) -> dict[str, Any]:
    return {
        "purchase_id": purchase_id,
        "line_no": line.line_no,
        "sku": line.sku,
        "name": line.name,
        "category": line.category,
        "brand": line.brand,
        "kind": line.kind.value,
        "quantity_milli": line.quantity_milli,
        "unit_price_minor": line.unit_price_minor,
        "gross_minor": line.gross_minor,
        "paid_minor": line.paid_minor,
        "tax_bp": line.tax_bp,
        "basis_minor": spend_minor,
        "labels": sorted(line.labels),
        "fee_minor": line.fee_minor,
        "wallet": line.wallet,
        "gift_card": line.gift_card,
    }


def _shares(purchase_id: PurchaseId, line: SaleLine) -> Rows:
    return [
        {
            "purchase_id": purchase_id,
            "line_no": line.line_no,
            "offer_id": share.offer_id,
            "amount_minor": share.amount_minor,
            "unit_shares": list(share.unit_shares),
            "scope": share.scope.value,
        }
        for share in line.shares
    ]


def _earning(purchase_id: PurchaseId, one: LineEarning, turn: int) -> dict[str, Any]:
    return {
        "purchase_id": purchase_id,
        "unit": one.unit,
        "line_no": one.line_no,
        "rule": one.rule,
        "is_offer": one.is_offer,
        "weight": one.weight.value,
        "basis_minor": one.basis_minor,
        "numerator": one.numerator,
        "denominator": one.denominator,
        "points": one.points,
        "stage": one.stage.value,
        "turn": turn,
    }


def _documents(details: Details, completion: Completion | None) -> dict[str, Any]:
    """Return the parameters of the one statement: each table's rows as one JSON document."""
    documents = {
        "lines": details.lines,
        "shares": details.shares,
        "earnings": details.earnings,
    }
    return documents if completion is None else documents | completion.columns()


_COMPLETE = (
    update(table_of(Purchase))
    .where(Purchase.id == bindparam("purchase_id"))
    .values(
        receipt=bindparam("receipt"),
        voucher_minor=bindparam("voucher_minor"),
        due_minor=bindparam("due_minor"),
    )
)

_INSERT_DETAILS = """
    WITH line AS (
        INSERT INTO purchase_lines (
            purchase_id, line_no, sku, name, category, brand, kind, quantity_milli,
            unit_price_minor, gross_minor, paid_minor, tax_bp, basis_minor, labels, fee_minor,
            wallet, gift_card)
        SELECT * FROM jsonb_to_recordset(:lines) AS row (
            purchase_id text, line_no bigint, sku text, name text, category text, brand text,
            kind text, quantity_milli bigint, unit_price_minor bigint, gross_minor bigint,
            paid_minor bigint, tax_bp bigint, basis_minor bigint, labels jsonb,
            fee_minor bigint, wallet text, gift_card text)
    ), share AS (
        INSERT INTO purchase_shares (
            purchase_id, line_no, offer_id, amount_minor, unit_shares, scope)
        SELECT * FROM jsonb_to_recordset(:shares) AS row (
            purchase_id text, line_no bigint, offer_id text, amount_minor bigint,
            unit_shares jsonb, scope text)
    ), earning AS (
        INSERT INTO purchase_earnings (
            purchase_id, unit, line_no, rule, is_offer, weight, basis_minor, numerator,
            denominator, points, stage, turn)
        SELECT * FROM jsonb_to_recordset(:earnings) AS row (
            purchase_id text, unit text, line_no bigint, rule text, is_offer boolean, weight text,
            basis_minor bigint, numerator bigint, denominator bigint, points bigint, stage text,
            turn bigint)
    )
"""
_DOCUMENTS = [bindparam(name, type_=Json) for name in ("lines", "shares", "earnings")]
_DETAILS = text(_INSERT_DETAILS + "SELECT 1").bindparams(*_DOCUMENTS)
_CLOSE = text(
    f"""
    {_INSERT_DETAILS}
    UPDATE purchases
    SET receipt = :receipt, voucher_minor = :voucher_minor, due_minor = :due_minor
    WHERE id = :purchase_id
    """  # noqa: S608 - both parts are constants of this module
).bindparams(*_DOCUMENTS, bindparam("receipt", type_=Json))
