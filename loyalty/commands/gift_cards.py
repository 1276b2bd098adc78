"""Gift cards: opening, loading, paying, and giving back what was paid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from loyalty.commands.ledger import request_digest
from loyalty.commands.sql import insert, insert_rows
from loyalty.errors import GiftCardShort, SourceReused, UnknownGiftCard
from loyalty.kernel.tx import Tx
from loyalty.kernel.values import whole
from loyalty.models import GiftCard, GiftCardEntry
from loyalty.queries.programme import current_programme
from loyalty.values import GiftCardMove, PurchaseId


@dataclass(frozen=True, slots=True)
class GiftCardReceipt:
    """What a movement did to a gift card; ``amount_minor`` is negative when it paid."""

    gift_card_id: str
    amount_minor: int
    balance_minor: int
    replayed: bool = False


def load_gift_card(
    tx: Tx,
    *,
    gift_card_id: str,
    amount_minor: int,
    source: str,
    purchase_id: PurchaseId | None = None,
) -> GiftCardReceipt:
    """Put money on a gift card; a number that is new to us is opened by it.

    The same ``source`` with the same content answers with the first receipt.

    Raises:
        SourceReused: the source stands for another movement of the card.
    """
    whole(amount_minor, "amount_minor", at_least=0)
    currency = current_programme(tx).currency
    row = {"id": gift_card_id, "currency": currency, "opened_at": tx.now}
    opened = tx.run(insert(tx.dialect, GiftCard).on_conflict_do_nothing(), row)
    move = GiftCardMove.OPENED if opened.rowcount else GiftCardMove.LOADED
    cause = _Cause(move, source, request_digest("load-gift-card", amount_minor), purchase_id)
    return _move(tx, gift_card_id, cause, amount_minor)


def pay_with_gift_card(
    tx: Tx,
    *,
    gift_card_id: str,
    due_minor: int,
    source: str,
    asked_minor: int | None = None,
    purchase_id: PurchaseId | None = None,
) -> GiftCardReceipt:
    """Let a gift card pay: what is asked, or what is due and there is. Never more than is due.

    The same ``source`` with the same content answers with the first receipt.

    Raises:
        UnknownGiftCard: nobody has opened a card with this number.
        GiftCardShort: it holds less than is asked; nothing was taken.
        SourceReused: the source stands for another movement of the card.
    """
    card = _held(tx, gift_card_id)
    request_hash = request_digest("pay-with-gift-card", due_minor, asked_minor)
    cause = _Cause(GiftCardMove.PAID, source, request_hash, purchase_id)
    if earlier := _replayed(tx, gift_card_id, cause):
        return earlier
    wanted = card.balance_minor if asked_minor is None else asked_minor
    amount = min(wanted, due_minor)
    if amount > card.balance_minor:
        raise GiftCardShort(gift_card_id, card.balance_minor)
    return _write(tx, card, cause, -amount)


def give_back_to_gift_card(
    tx: Tx,
    *,
    gift_card_id: str,
    amount_minor: int,
    source: str,
    purchase_id: PurchaseId | None = None,
) -> GiftCardReceipt:
    """Put back on a gift card what it had paid for something that came back.

    The same ``source`` with the same content answers with the first receipt.

    Raises:
        UnknownGiftCard: nobody has opened a card with this number.
        SourceReused: the source stands for another movement of the card.
    """
    whole(amount_minor, "amount_minor", at_least=0)
    request_hash = request_digest("give-back-to-gift-card", amount_minor)
    cause = _Cause(GiftCardMove.GIVEN_BACK, source, request_hash, purchase_id)
    return _move(tx, gift_card_id, cause, amount_minor)


def take_off_gift_card(
    tx: Tx,
    *,
    gift_card_id: str,
    amount_minor: int,
    source: str,
    purchase_id: PurchaseId | None = None,
) -> GiftCardReceipt:
    """Take money off a card again that was loaded by a sale which came back, as far as it is there.

    Raises:
        UnknownGiftCard: nobody has opened a card with this number.
        SourceReused: the source stands for another movement of the card.
    """
    card = _held(tx, gift_card_id)
    request_hash = request_digest("take-off-gift-card", amount_minor)
    cause = _Cause(GiftCardMove.TAKEN_OFF, source, request_hash, purchase_id)
    taken = -min(amount_minor, card.balance_minor)
    return _replayed(tx, gift_card_id, cause) or _write(tx, card, cause, taken)


@dataclass(frozen=True, slots=True)
class _Cause:
    """Why a gift card moves."""

    move: GiftCardMove
    source: str
    request_hash: str
    purchase_id: PurchaseId | None


def _move(tx: Tx, gift_card_id: str, cause: _Cause, amount_minor: int) -> GiftCardReceipt:
    """Add a movement; the same source again answers with the first."""
    card = _held(tx, gift_card_id)
    return _replayed(tx, gift_card_id, cause) or _write(tx, card, cause, amount_minor)


def _held(tx: Tx, gift_card_id: str) -> Any:
    """Hold the card until the transaction ends, and read it."""
    row = tx.run(select(GiftCard).where(GiftCard.id == gift_card_id).with_for_update()).first()
    if row is None:
        raise UnknownGiftCard(gift_card_id)
    return row


def _replayed(tx: Tx, gift_card_id: str, cause: _Cause) -> GiftCardReceipt | None:
    """Return what the source did before."""
    row = tx.run(
        select(GiftCardEntry).where(
            GiftCardEntry.gift_card_id == gift_card_id, GiftCardEntry.source == cause.source
        )
    ).first()
    if row is None:
        return None
    if row.request_hash != cause.request_hash:
        raise SourceReused(cause.source)
    return GiftCardReceipt(gift_card_id, row.amount_minor, row.balance_minor, replayed=True)


def _write(tx: Tx, card: Any, cause: _Cause, amount_minor: int) -> GiftCardReceipt:
    """Write a movement of a card that is held; moving nothing leaves no trace."""
    balance = card.balance_minor + amount_minor
    if amount_minor:
        tx.run(
            update(GiftCard)
            .where(GiftCard.id == card.id)
            .values(balance_minor=balance, seq=card.seq + 1)
        )
        entry = {
            "gift_card_id": card.id,
            "seq": card.seq + 1,
            "move": cause.move,
            "amount_minor": amount_minor,
            "balance_minor": balance,
            "source": cause.source,
            "request_hash": cause.request_hash,
            "at": tx.now,
            "purchase_id": cause.purchase_id,
        }
        insert_rows(tx, GiftCardEntry, [entry])
    return GiftCardReceipt(card.id, amount_minor, balance)
