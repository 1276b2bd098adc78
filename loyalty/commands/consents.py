"""Writing down what members allow and refuse."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from loyalty.commands.cards import lock_member
from loyalty.commands.sql import insert_rows
from loyalty.events import ConsentChanged
from loyalty.kernel.tx import Tx
from loyalty.models import Consent
from loyalty.values import Channel, ConsentGiven, MemberId


@dataclass(frozen=True, slots=True)
class ConsentReceipt:
    """The answer to a consent: its number in the member's record, and whether it was new."""

    seq: int
    changed: bool


def record_consent(
    tx: Tx, *, member_id: MemberId, given: ConsentGiven, channel: Channel, source: str
) -> ConsentReceipt:
    """Append a member's yes or no. The answer that is in force already is not written twice.

    Raises:
        UnknownMember: nobody has this id, or the person was erased.
    """
    lock_member(tx, member_id)
    current = tx.run(
        select(Consent.seq, Consent.granted, Consent.wording, Consent.wording_version)
        .where(Consent.member_id == member_id, Consent.purpose == given.purpose)
        .order_by(Consent.seq.desc())
        .limit(1)
    ).first()
    answer = (given.granted, given.wording, given.wording_version)
    if current is not None and tuple(current)[1:] == answer:
        return ConsentReceipt(current.seq, changed=False)
    last = tx.run(select(func.max(Consent.seq)).where(Consent.member_id == member_id)).scalar()
    seq = (last or 0) + 1
    append_consents(tx, member_id, [given], first_seq=seq, channel=channel, source=source)
    return ConsentReceipt(seq, changed=True)


def append_consents(
    tx: Tx,
    member_id: MemberId,
    given: list[ConsentGiven],
    *,
    first_seq: int,
    channel: Channel,
    source: str,
) -> None:
    """Write several answers of a member whose row is locked or new, and announce them."""
    insert_rows(
        tx,
        Consent,
        [
            {
                "member_id": member_id,
                "seq": seq,
                "purpose": one.purpose,
                "channel": channel,
                "granted": one.granted,
                "wording": one.wording,
                "wording_version": one.wording_version,
                "language": one.language,
                "source": source,
                "at": tx.now,
            }
            for seq, one in enumerate(given, start=first_seq)
        ],
    )
    for one in given:
        tx.announce(ConsentChanged(member_id=member_id, purpose=one.purpose))
