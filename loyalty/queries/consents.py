"""What members allow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from loyalty.kernel.tx import Tx
from loyalty.models import Consent
from loyalty.values import Channel, MemberId, Purpose


@dataclass(frozen=True, slots=True)
class ConsentState:
    """The answer in force for one purpose."""

    granted: bool
    at: datetime
    wording_version: int
    language: str


@dataclass(frozen=True, slots=True)
class ConsentEntry:
    """One answer, with the words that were read."""

    seq: int
    purpose: Purpose
    channel: Channel
    granted: bool
    wording: str
    wording_version: int
    language: str
    source: str
    at: datetime


def consents_of(tx: Tx, member_id: MemberId) -> dict[Purpose, ConsentState]:
    """Return the answer in force for each purpose that a member was asked about."""
    return {
        entry.purpose: ConsentState(entry.granted, entry.at, entry.wording_version, entry.language)
        for entry in reversed(consent_history(tx, member_id))
    }


def consent_history(tx: Tx, member_id: MemberId) -> tuple[ConsentEntry, ...]:
    """Return every answer of a member, the newest first."""
    rows = tx.run(
        select(
            Consent.seq,
            Consent.purpose,
            Consent.channel,
            Consent.granted,
            Consent.wording,
            Consent.wording_version,
            Consent.language,
            Consent.source,
            Consent.at,
        )
        .where(Consent.member_id == member_id)
        .order_by(Consent.seq.desc())
    )
    return tuple(ConsentEntry(*row) for row in rows)


def has_consent(tx: Tx, member_id: MemberId, purpose: Purpose) -> bool:
    """Tell whether the last answer of a member for ``purpose`` was a yes; silence is a no."""
    granted = tx.run(
        select(Consent.granted)
        .where(Consent.member_id == member_id, Consent.purpose == purpose)
        .order_by(Consent.seq.desc())
        .limit(1)
    ).scalar()
    return bool(granted)
