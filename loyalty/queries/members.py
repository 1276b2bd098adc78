"""Finding members, and how to reach them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from loyalty.cards import CodeKind, read_code
from loyalty.codes import lookup_of
from loyalty.errors import UnknownMember
from loyalty.identity import (
    NotAnEmail,
    NotAPhone,
    clean_email,
    clean_phone,
    display_name,
    email_key,
    name_key,
)
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.kernel.values import Page
from loyalty.models import Card, Consent, Member, MemberIdentity, Store, TierStanding, Wallet
from loyalty.queries.cursors import page_size, read_text_cursor, text_cursor
from loyalty.queries.programme import current_programme
from loyalty.values import (
    NO_TIER,
    Identity,
    MemberId,
    MemberState,
    Purpose,
    StoreId,
)

SHORTEST_PREFIX = 2


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member in a list of staff's."""

    member_id: MemberId
    given_name: str
    family_name: str
    level: str
    joined_on: date
    state: MemberState

    @property
    def display_name(self) -> str:
        """Return the first name and the initial of the family name."""
        return display_name(self.given_name, self.family_name)


@dataclass(frozen=True, slots=True)
class Contact:
    """What a message to a member needs: how she is reached and addressed, and what she allows."""

    member_id: MemberId
    state: MemberState
    language: str
    given_name: str
    family_name: str
    email: str | None
    phone: str | None
    home_store_id: StoreId | None
    home_store_name: str
    zone: str
    level: str
    balance: int
    consents: frozenset[Purpose] = frozenset()

    @property
    def display_name(self) -> str:
        """Return the first name and the initial of the family name."""
        return display_name(self.given_name, self.family_name)


def member_by_email(tx: Tx, email: str) -> MemberId | None:
    """Return who has this address; ``None`` when nobody does or it cannot be one."""
    try:
        key = email_key(clean_email(email))
    except NotAnEmail:
        return None
    return _member_where(tx, MemberIdentity.email_key == key)


def member_by_phone(tx: Tx, phone: str) -> MemberId | None:
    """Return who has this number; ``None`` when nobody does or it cannot be one."""
    try:
        key = clean_phone(phone)
    except NotAPhone:
        return None
    return _member_where(tx, MemberIdentity.phone_key == key)


def member_name(tx: Tx, member_id: MemberId) -> Identity:
    """Return what is known of a person.

    Raises:
        UnknownMember: nobody has this id, or the person was erased.
    """
    row = tx.run(
        select(
            MemberIdentity.given_name,
            MemberIdentity.family_name,
            MemberIdentity.email,
            MemberIdentity.phone,
            MemberIdentity.born_on,
        ).where(MemberIdentity.member_id == member_id)
    ).first()
    if row is None:
        raise UnknownMember(member_id)
    return Identity(*row)


def contact_of(tx: Tx, member_id: MemberId) -> Contact | None:
    """Return how a member is reached; ``None`` when she is gone."""
    return contacts(tx, [member_id]).get(member_id)


def contacts(tx: Tx, member_ids: Sequence[MemberId]) -> dict[MemberId, Contact]:
    """Return how members are reached, in one statement; those who are gone are missing.

    Ask for at most a few hundred at a time.
    """
    if not member_ids:
        return {}
    programme = current_programme(tx)
    zone = str(programme.zone)
    latest = (
        select(Consent.member_id, Consent.purpose, func.max(Consent.seq).label("seq"))
        .where(Consent.member_id.in_(member_ids))
        .group_by(Consent.member_id, Consent.purpose)
        .subquery()
    )
    given = and_(
        Consent.member_id == latest.c.member_id, Consent.seq == latest.c.seq, Consent.granted
    )
    consents = select(Consent.member_id, Consent.purpose).join(latest, given).subquery()
    rows = tx.run(
        select(
            Member.id,
            Member.state,
            Member.language,
            MemberIdentity.given_name,
            MemberIdentity.family_name,
            MemberIdentity.email,
            MemberIdentity.phone,
            Member.home_store_id,
            func.coalesce(Store.name, "").label("home_store_name"),
            func.coalesce(Store.zone, zone).label("zone"),
            TierStanding.level,
            func.coalesce(Wallet.balance, 0).label("balance"),
            consents.c.purpose.label("consents"),
        )
        .join(MemberIdentity, MemberIdentity.member_id == Member.id)
        .join(TierStanding, TierStanding.member_id == Member.id)
        .outerjoin(Wallet, and_(Wallet.member_id == Member.id, Wallet.unit == programme.main_unit))
        .outerjoin(Store, Store.id == Member.home_store_id)
        .outerjoin(consents, consents.c.member_id == Member.id)
        .where(Member.id.in_(member_ids), Member.state != MemberState.ERASED)
    ).all()
    purposes: dict[str, set[Purpose]] = {}
    for row in rows:
        purposes.setdefault(row.id, set()).update({row.consents} - {None})
    return {row.id: _contact(row, frozenset(purposes[row.id])) for row in rows}


def find_members(
    tx: Tx, text: str, *, keys: Keys, after: str | None = None, limit: int = 25
) -> Page[MemberRow]:
    """Find members by card code, e-mail address, telephone number, or the beginning of a name.

    Names match without accents and case, given name or family name first; two letters are needed.
    Sorted by family name.
    """
    by_key = _by_key(text, keys)
    where = [by_key] if by_key is not None else _by_name(text)
    if not where:
        return Page(())
    rank = func.coalesce(TierStanding.level, NO_TIER).label("level")
    statement = (
        select(
            Member.id,
            MemberIdentity.given_name,
            MemberIdentity.family_name,
            rank,
            Member.joined_on,
            Member.state,
            MemberIdentity.family_key,
        )
        .join(MemberIdentity, MemberIdentity.member_id == Member.id)
        .outerjoin(TierStanding, TierStanding.member_id == Member.id)
        .where(*where)
        .order_by(MemberIdentity.family_key, Member.id)
        .limit(page_size(limit) + 1)
    )
    if after is not None:
        key, id_ = read_text_cursor(after)
        statement = statement.where(
            or_(
                MemberIdentity.family_key > key,
                and_(MemberIdentity.family_key == key, Member.id > id_),
            )
        )
    rows = tx.run(statement).all()
    page, more = rows[: page_size(limit)], len(rows) > page_size(limit)
    return Page(
        items=tuple(MemberRow(*tuple(row)[:-1]) for row in page),
        after=text_cursor(page[-1].family_key, page[-1].id) if more else None,
    )


def _member_where(tx: Tx, where: ColumnElement[bool]) -> MemberId | None:
    found = tx.run(select(MemberIdentity.member_id).where(where)).scalar()
    return None if found is None else MemberId(found)


def _contact(row: Any, given: frozenset[Purpose]) -> Contact:
    facts = row._asdict()
    facts["member_id"] = facts.pop("id")
    return Contact(**{**facts, "consents": given})


def _by_key(text: str, keys: Keys) -> ColumnElement[bool] | None:
    """Return the condition of an exact key: a card's code, an address or a number."""
    try:
        code = read_code(text)
    except ValueError:
        code = None
    if code is not None and code.kind is CodeKind.CARD:
        holder = select(Card.member_id).where(Card.lookup == lookup_of(keys, code))
        return Member.id.in_(holder)
    if "@" in text:
        try:
            return MemberIdentity.email_key == email_key(clean_email(text))
        except NotAnEmail:
            return None
    if not any(letter.isdigit() for letter in text):
        return None
    try:
        return MemberIdentity.phone_key == clean_phone(text)
    except NotAPhone:
        return None


def _by_name(text: str) -> list[ColumnElement[bool]]:
    """Return the conditions of a name: every word begins the given or the family name."""
    words = [name_key(word) for word in text.split()]
    if not words or len(words[0]) < SHORTEST_PREFIX:
        return []
    return [
        or_(
            _begins(MemberIdentity.given_key, word),
            _begins(MemberIdentity.family_key, word),
        )
        for word in words[:4]
    ]


def _begins(column: Any, prefix: str) -> ColumnElement[bool]:
    """Return a range that an index on ``column`` serves: from the prefix to just after it."""
    return and_(column >= prefix, column < prefix + "\U0010ffff")
