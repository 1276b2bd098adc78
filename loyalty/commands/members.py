"""Enrolling members and keeping what is known of them right."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select, update

from loyalty.commands.cards import add_card, lock_member
from loyalty.commands.consents import append_consents
from loyalty.commands.credits import standing_facts
from loyalty.commands.identities import (
    clean_identity,
    identity_row,
    refuse_taken,
    taken_meanwhile,
)
from loyalty.commands.referrals import refuse_self_referral
from loyalty.commands.sql import insert, insert_rows
from loyalty.commands.wallets import new_wallet
from loyalty.commands.welcome import welcome
from loyalty.errors import EmailTaken, PhoneTaken, SourceReused, UnknownMember
from loyalty.kernel.audit import record_audit
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.models import Member, MemberIdentity, TierStanding, Wallet
from loyalty.programme import Programme
from loyalty.queries.cards import member_card
from loyalty.queries.programme import current_programme
from loyalty.tiers import Facts, begin
from loyalty.values import (
    CardId,
    Channel,
    ConsentGiven,
    Identity,
    MemberId,
    MemberState,
    StoreId,
)


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The answer to an enrolment: the new member and the letters of her card."""

    member_id: MemberId
    card_id: CardId
    code: str
    replayed: bool = False


def enrol_member(
    tx: Tx,
    *,
    keys: Keys,
    identity: Identity,
    channel: Channel,
    language: str,
    home_store_id: StoreId | None = None,
    consents: Sequence[ConsentGiven] = (),
    source: str | None = None,
    referrer: MemberId | None = None,
) -> Enrolled:
    """Make somebody a member: identity, wallet, lowest level, consents and a card.

    She is welcomed unless she is brought in from elsewhere; ``referrer`` brought her. The same
    ``source`` with the same content answers with the first enrolment.

    Raises:
        SelfReferral: she would have brought herself.
        InvalidIdentity: a name, address, number or birth date cannot be one.
        EmailTaken, PhoneTaken: another member has this address or number.
        SourceReused: the source stands for another enrolment.
    """
    today = current_programme(tx).local_day(tx.now)
    clean = clean_identity(identity, today=today)
    request_hash = _hash(identity, channel, language, home_store_id, *filter(None, [referrer]))
    refuse_self_referral(tx, referrer_id=referrer, identity=clean)
    if known := _known_or_free(tx, keys, clean, source=source, request_hash=request_hash):
        return known
    member_id = MemberId(tx.new_id("mbr"))
    row = {
        "id": member_id,
        "state": MemberState.ACTIVE,
        "language": language,
        "joined_at": tx.now,
        "joined_on": today,
        "channel": channel,
        "home_store_id": home_store_id,
        "last_contact_at": tx.now,
        "source": source,
        "request_hash": request_hash,
    }
    if not _claim(tx, row):
        return _claimed(tx, keys, str(source), request_hash)
    with taken_meanwhile():
        insert_rows(tx, MemberIdentity, [{"member_id": member_id, **identity_row(clean)}])
    _begin(tx, member_id, list(consents), channel=channel, source=source or tx.actor)
    card = add_card(tx, keys=keys, member_id=member_id)
    welcome(tx, member_id, channel=channel, referrer=referrer)
    return Enrolled(member_id, card.card_id, card.code)


def correct_identity(tx: Tx, *, member_id: MemberId, identity: Identity) -> Identity:
    """Replace what is known of a person; returns it as it was written down.

    Raises:
        UnknownMember, InvalidIdentity, EmailTaken, PhoneTaken: nothing was changed.
    """
    lock_member(tx, member_id)
    clean = clean_identity(identity, today=current_programme(tx).local_day(tx.now))
    refuse_taken(tx, clean, but=member_id)
    with taken_meanwhile():
        tx.run(
            update(MemberIdentity)
            .where(MemberIdentity.member_id == member_id)
            .values(**identity_row(clean))
        )
    record_audit(tx, action="correct-identity", subject=member_id, details={})
    return clean


def set_language(tx: Tx, *, member_id: MemberId, language: str) -> None:
    """Remember the language in which a member is addressed.

    Raises:
        UnknownMember: nobody has this id, or the person was erased.
    """
    _set(tx, member_id, language=language)


def note_contact(tx: Tx, *, member_id: MemberId) -> None:
    """Remember that the member was in touch now, for the retention of her data.

    Raises:
        UnknownMember: nobody has this id, or the person was erased.
    """
    _set(tx, member_id, last_contact_at=tx.now)


def block_member(tx: Tx, *, member_id: MemberId) -> None:
    """Stop a membership from earning and spending. Repeating changes nothing.

    Raises:
        UnknownMember: nobody has this id, or the person was erased.
    """
    _set(tx, member_id, state=MemberState.BLOCKED)
    record_audit(tx, action="block-member", subject=member_id, details={})


def unblock_member(tx: Tx, *, member_id: MemberId) -> None:
    """Let a membership earn and spend again. Repeating changes nothing.

    Raises:
        UnknownMember: nobody has this id, or the person was erased.
    """
    _set(tx, member_id, state=MemberState.ACTIVE)
    record_audit(tx, action="unblock-member", subject=member_id, details={})


def _hash(*parts: Any) -> str:
    """Return a hash of a request, to tell a repeat from another request."""
    plain = [asdict(part) if isinstance(part, Identity) else part for part in parts]
    return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()


def _by_source(tx: Tx, keys: Keys, source: str, request_hash: str) -> Enrolled | None:
    """Return the enrolment that ``source`` brought about before."""
    row = tx.run(select(Member.id, Member.request_hash).where(Member.source == source)).first()
    if row is None:
        return None
    if row.request_hash != request_hash:
        raise SourceReused(source)
    card = member_card(tx, row.id, keys=keys)
    return Enrolled(row.id, card.card_id, card.code, replayed=True)


def _claimed(tx: Tx, keys: Keys, source: str, request_hash: str) -> Enrolled:
    """Return the enrolment of whoever claimed the source first, and has committed since."""
    earlier = _by_source(tx, keys, source, request_hash)
    assert earlier is not None, "whoever claimed the source has committed"
    return earlier


def _known_or_free(
    tx: Tx, keys: Keys, clean: Identity, *, source: str | None, request_hash: str
) -> Enrolled | None:
    """Return the enrolment of ``source``; ``None`` when it is new and its address is free.

    The source is asked again before refusing: the same request, sent twice at once, may have
    committed between the two questions.
    """
    if source is None:
        refuse_taken(tx, clean, but=None)
        return None
    try:
        known = _by_source(tx, keys, source, request_hash)
        if known is None:
            refuse_taken(tx, clean, but=None)
    except (EmailTaken, PhoneTaken):
        known = _by_source(tx, keys, source, request_hash)
        if known is None:
            raise
    return known


def _claim(tx: Tx, row: dict[str, Any]) -> bool:
    """Insert the member; ``False`` when another request has claimed the source.

    Whoever comes second waits here until the first has committed.
    """
    statement = insert(tx.dialect, Member).on_conflict_do_nothing(index_elements=["source"])
    return tx.run(statement.returning(Member.id), row).first() is not None


def _begin(
    tx: Tx, member_id: MemberId, consents: list[ConsentGiven], *, channel: Channel, source: str
) -> None:
    """Open a new member's books and write down what she agreed to."""
    _open_books(tx, member_id, current_programme(tx))
    append_consents(tx, member_id, consents, first_seq=1, channel=channel, source=source)


def _open_books(tx: Tx, member_id: MemberId, programme: Programme) -> None:
    """Give a new member an empty wallet of each unit and the lowest level."""
    today = programme.local_day(tx.now)
    rules = programme.wallets or {programme.main_unit: programme.points}
    rows = [new_wallet(member_id, unit, rule.hard_floor) for unit, rule in rules.items()]
    insert_rows(tx, Wallet, [row | {"active_on": today} for row in rows])
    state = begin(programme.tiers, joined_on=today, day=today)
    standing = standing_facts(programme.tiers, state, Facts(), today)
    insert_rows(tx, TierStanding, [{"member_id": member_id, "since_at": tx.now} | standing])


def _set(tx: Tx, member_id: MemberId, **facts: Any) -> None:
    done = tx.run(
        update(Member)
        .where(Member.id == member_id, Member.state != MemberState.ERASED)
        .values(**facts)
    )
    if done.rowcount == 0:
        raise UnknownMember(member_id)
