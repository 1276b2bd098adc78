"""Receipts as they are stored, so that a repeated request gets the first answer word for word.

Voucher codes are not stored: they are derived again from the vouchers' ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from loyalty.cards import CodeKind
from loyalty.codes import code_of
from loyalty.journal import read_reasons, reasons_document
from loyalty.kernel.signing import Keys
from loyalty.values import (
    Earned,
    Fired,
    IssuedVoucher,
    PurchaseReceipt,
    ReturnReceipt,
    TierProgress,
    VoucherId,
    VoucherState,
)

Document = dict[str, Any]


def purchase_document(receipt: PurchaseReceipt) -> Document:
    """Return what of a receipt cannot be read from the purchase's own columns."""
    return {
        "fired": _fired_document(receipt.earned.fired),
        "balance": receipt.balance,
        "wallets": {
            name: dict(getattr(receipt, name)) for name in _WALLET_MAPS if getattr(receipt, name)
        },
        "displaced": list(receipt.displaced),
        "codes_used": list(receipt.codes_used),
        "tier_before": receipt.tier_before,
        "tier": _tier_document(receipt.tier),
        "vouchers": [
            {
                "id": voucher.voucher_id,
                "value_minor": voucher.value_minor,
                "expires_on": voucher.expires_on.isoformat(),
            }
            for voucher in receipt.vouchers
        ],
    }


def purchase_again(row: Any, *, keys: Keys) -> PurchaseReceipt:
    """Return the first receipt of the purchase in ``row``, marked as replayed."""
    document = row.receipt or {}
    return PurchaseReceipt(
        purchase_id=row.id,
        replayed=True,
        member_id=row.member_id,
        total_minor=row.total_minor,
        discount_minor=row.discount_minor,
        voucher_minor=row.voucher_minor,
        due_minor=row.due_minor - row.redeemed_minor - row.tendered_minor,
        earned=Earned(row.points, _fired(document.get("fired", []))),
        balance=document.get("balance"),
        tier_before=document.get("tier_before"),
        tier=_tier(document.get("tier")),
        vouchers=tuple(_voucher(one, keys) for one in document.get("vouchers", [])),
        redeemed_minor=row.redeemed_minor,
        tendered_minor=row.tendered_minor,
        displaced=tuple(document.get("displaced", [])),
        codes_used=tuple(document.get("codes_used", [])),
        **document.get("wallets", {}),
    )


def return_document(receipt: ReturnReceipt) -> Document:
    """Return what of a receipt cannot be read from the return's own columns."""
    return {
        "balance": receipt.balance,
        "tier_before": receipt.tier_before,
        "tier": _tier_document(receipt.tier),
        "cancelled_vouchers": list(receipt.cancelled_vouchers),
        "restored_vouchers": list(receipt.restored_vouchers),
        "offers_given_back": list(receipt.offers_given_back),
        "fired": _fired_document(receipt.fired),
        "wallets": {
            name: dict(getattr(receipt, name)) for name in _RETURN_MAPS if getattr(receipt, name)
        },
    }


def return_again(row: Any) -> ReturnReceipt:
    """Return the first receipt of the return in ``row``, marked as replayed."""
    document = row.receipt
    return ReturnReceipt(
        return_id=row.id,
        purchase_id=getattr(row, "purchase_id", None),
        replayed=True,
        refund_minor=row.refund_minor,
        points=-row.points_taken,
        spend_minor=row.basis_minor,
        balance=document["balance"],
        tier_before=document["tier_before"],
        tier=_tier(document["tier"]),
        cancelled_vouchers=tuple(VoucherId(one) for one in document["cancelled_vouchers"]),
        offers_given_back=tuple(document["offers_given_back"]),
        restored_vouchers=tuple(VoucherId(one) for one in document["restored_vouchers"]),
        fired=_fired(document.get("fired", [])),
        **document.get("wallets", {}),
    )


_WALLET_MAPS = ("earned_by_unit", "pending", "charged", "balances")
_RETURN_MAPS = (*_WALLET_MAPS, "lost", "forgiven", "gift_cards")


def _fired_document(fired: Sequence[Fired]) -> list[Document]:
    """Return reasons with their wallets, where it is not the default one."""
    rows = reasons_document(fired)
    return [
        row | {"unit": one.unit} if one.unit else row for row, one in zip(rows, fired, strict=True)
    ]


def _fired(document: Sequence[Document]) -> tuple[Fired, ...]:
    """Return stored reasons with their wallets."""
    return tuple(
        replace(one, unit=row.get("unit", ""))
        for one, row in zip(read_reasons(document), document, strict=True)
    )


def _tier_document(tier: TierProgress | None) -> Document | None:
    if tier is None:
        return None
    kept = tier.kept_until_on
    return {
        "level": tier.level,
        "spend_minor": tier.spend_minor,
        "next_level": tier.next_level,
        "to_next_minor": tier.to_next_minor,
        "kept_until_on": kept.isoformat() if kept else None,
        "to_keep_minor": tier.to_keep_minor,
    }


def _tier(document: Document | None) -> TierProgress | None:
    if document is None:
        return None
    kept = document["kept_until_on"]
    return TierProgress(**{**document, "kept_until_on": date.fromisoformat(kept) if kept else None})


def _voucher(document: Document, keys: Keys) -> IssuedVoucher:
    return IssuedVoucher(
        voucher_id=VoucherId(document["id"]),
        code=code_of(keys, CodeKind.VOUCHER, document["id"]).letters,
        value_minor=document["value_minor"],
        state=VoucherState.ISSUED,
        expires_on=date.fromisoformat(document["expires_on"]),
    )
