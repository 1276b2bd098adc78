"""What is known of a person: cleaned, compared, and written down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from loyalty.errors import EmailTaken, InvalidIdentity, PhoneTaken
from loyalty.identity import (
    NotAName,
    NotAnEmail,
    NotAPhone,
    clean_email,
    clean_name,
    clean_phone,
    email_key,
    name_key,
)
from loyalty.kernel.tx import Tx
from loyalty.models import MemberIdentity
from loyalty.values import Identity, MemberId

OLDEST_YEARS = 120


def clean_identity(identity: Identity, *, today: date) -> Identity:
    """Return ``identity`` in the form in which it is stored.

    Raises:
        InvalidIdentity: ``field`` names what cannot be right.
    """
    try:
        given = clean_name(identity.given_name)
    except NotAName as error:
        raise InvalidIdentity("given_name") from error
    try:
        family = clean_name(identity.family_name) if identity.family_name.strip() else ""
    except NotAName as error:
        raise InvalidIdentity("family_name") from error
    try:
        email = clean_email(identity.email) if identity.email else None
    except NotAnEmail as error:
        raise InvalidIdentity("email") from error
    try:
        phone = clean_phone(identity.phone) if identity.phone else None
    except NotAPhone as error:
        raise InvalidIdentity("phone") from error
    born = identity.born_on
    if born is not None and not today.year - OLDEST_YEARS <= born.year <= today.year:
        raise InvalidIdentity("born_on")
    return replace(identity, given_name=given, family_name=family, email=email, phone=phone)


def refuse_taken(tx: Tx, identity: Identity, *, but: MemberId | None) -> None:
    """Refuse an address or number that somebody else than ``but`` has.

    Raises:
        EmailTaken, PhoneTaken: somebody has it.
    """
    key = email_key(identity.email) if identity.email else None
    same = [MemberIdentity.email_key == key] if key else []
    same += [MemberIdentity.phone_key == identity.phone] if identity.phone else []
    if not same:
        return
    rows = tx.run(
        select(MemberIdentity.member_id, MemberIdentity.email_key).where(or_(*same))
    ).all()
    others = [row for row in rows if row.member_id != but]
    if any(row.email_key == key for row in others if key is not None):
        raise EmailTaken
    if others:
        raise PhoneTaken


def identity_row(identity: Identity) -> dict[str, Any]:
    """Return the columns of a clean identity, with the keys by which it is found."""
    return {
        "given_name": identity.given_name,
        "family_name": identity.family_name,
        "given_key": name_key(identity.given_name),
        "family_key": name_key(identity.family_name),
        "email": identity.email,
        "email_key": email_key(identity.email) if identity.email else None,
        "phone": identity.phone,
        "phone_key": identity.phone,
        "born_on": identity.born_on,
    }


@contextmanager
def taken_meanwhile() -> Iterator[None]:
    """Turn the constraint that guards against two requests at once into the polite refusal."""
    try:
        yield
    except IntegrityError as error:
        text = str(error.orig)
        if "email_key" in text:
            raise EmailTaken from error
        if "phone_key" in text:
            raise PhoneTaken from error
        raise
