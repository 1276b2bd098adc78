"""Falling silent: unsubscribing, STOP, and addresses that are not written to."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import update

from campaigns.addresses import address_key
from campaigns.commands.rows import insert
from campaigns.governor import CONSENT_FOR
from campaigns.models import Suppression
from campaigns.queries.message import subscription_of
from campaigns.stop_words import Wish, wish_of
from campaigns.values import Channel, MessageId, SuppressionReason
from loyalty.commands import record_consent
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.queries import consent_wording, has_consent, member_by_phone
from loyalty.values import Channel as Origin
from loyalty.values import ConsentGiven, MemberId, Purpose


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """The answer to an unsubscription; ``changed`` is false when she had left before."""

    member_id: MemberId
    channel: Channel
    changed: bool


@dataclass(frozen=True, slots=True)
class StopReceipt:
    """What an incoming SMS was taken for. ``member_id`` is empty for an unknown number."""

    wish: Wish
    member_id: MemberId | None


def unsubscribe_member(tx: Tx, *, message_id: MessageId, brand: str) -> Unsubscribed | None:
    """Withdraw the consent under which a message was sent; ``None`` when nobody is behind it.

    The withdrawal is written beside the consent, as its proof asks; repeating adds nothing.
    ``brand`` completes the words that are withdrawn from.
    """
    found = subscription_of(tx, message_id)
    if found is None:
        return None
    wording = consent_wording(CONSENT_FOR[found.channel], found.language, brand=brand)
    changed = _withdraw(tx, found.member_id, wording.given(granted=False), f"link:{message_id}")
    return Unsubscribed(found.member_id, found.channel, changed)


def record_stop(
    tx: Tx, *, keys: Keys, phone: str, text: str, brand: str, source: str
) -> StopReceipt:
    """Take in an SMS that came back. Repeating it changes nothing.

    ``phone`` is in E.164. STOP withdraws the consent of the member who has the number; a number
    that nobody has is suppressed, because it may be a member's tomorrow. START lifts that again,
    but gives no consent: that takes a yes to our words, in the app or at the till.
    """
    wish = wish_of(text)
    member_id = member_by_phone(tx, phone)
    if wish is Wish.STOP and member_id is not None:
        wording = consent_wording(Purpose.SMS_MARKETING, "fr", brand=brand)
        _withdraw(tx, member_id, wording.given(granted=False), source)
    elif wish is Wish.STOP:
        suppress_address(
            tx,
            keys=keys,
            channel=Channel.SMS,
            address=phone,
            reason=SuppressionReason.STOP,
            source=source,
        )
    elif wish is Wish.START:
        lift_suppression(tx, keys=keys, channel=Channel.SMS, address=phone)
    return StopReceipt(wish, member_id)


def suppress_address(
    tx: Tx,
    *,
    keys: Keys,
    channel: Channel,
    address: str,
    reason: SuppressionReason,
    source: str,
) -> None:
    """Stop writing to an address, whoever has it. Suppressing it again keeps the newer reason."""
    values = {"reason": reason, "source": source[:120], "at": tx.now, "lifted_at": None}
    tx.run(
        insert(tx, Suppression)
        .values(channel=channel, address_key=address_key(keys, channel, address), **values)
        .on_conflict_do_update(index_elements=["channel", "address_key"], set_=values)
    )


def lift_suppression(tx: Tx, *, keys: Keys, channel: Channel, address: str) -> bool:
    """Allow writing to an address again; ``False`` when it was allowed already."""
    return (
        tx.run(
            update(Suppression)
            .where(
                Suppression.channel == channel,
                Suppression.address_key == address_key(keys, channel, address),
                Suppression.lifted_at.is_(None),
            )
            .values(lifted_at=tx.now)
        ).rowcount
        == 1
    )


def _withdraw(tx: Tx, member_id: MemberId, given: ConsentGiven, source: str) -> bool:
    """Write a no beside the yes; tell whether it was news. A no in force is not repeated."""
    if not has_consent(tx, member_id, given.purpose):
        return False
    receipt = record_consent(
        tx, member_id=member_id, given=given, channel=Origin.WEB, source=source
    )
    return receipt.changed
