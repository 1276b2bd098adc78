"""Sign-ins that last: a random token in a cookie, its digest in the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from loyalty.kernel.access.models import (
    AccessSession,
    SpentToken,
    Staff,
    StaffState,
    Terminal,
    TerminalState,
)
from loyalty.kernel.access.principals import Principal, PrincipalKind
from loyalty.kernel.signing import TokenRefused, digest, random_token
from loyalty.kernel.tx import Tx

SPAN = {
    PrincipalKind.STAFF: timedelta(hours=8),
    PrincipalKind.TERMINAL: timedelta(days=365),
    PrincipalKind.MEMBER: timedelta(days=180),
}
IDLE = {
    PrincipalKind.STAFF: timedelta(minutes=30),
    PrincipalKind.TERMINAL: timedelta(days=30),
    PrincipalKind.MEMBER: timedelta(days=60),
}
SHIFT = timedelta(hours=12)
"""How long a cashier stays signed in on a till."""
_SEEN_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: the token goes into the cookie and is never seen again."""

    token: str
    expires_at: datetime


def start_session(tx: Tx, *, kind: PrincipalKind, subject_id: str) -> SignedIn:
    """Sign somebody, or a till, in. Each call makes a session of its own."""
    token = random_token()
    expires_at = tx.now + SPAN[kind]
    tx.run(
        insert(AccessSession).values(
            token_hash=digest(token),
            kind=kind,
            subject_id=subject_id,
            created_at=tx.now,
            seen_at=tx.now,
            expires_at=expires_at,
        )
    )
    return SignedIn(token, expires_at)


def end_session(tx: Tx, *, token: str) -> None:
    """Sign out. Doing it again changes nothing."""
    tx.run(delete(AccessSession).where(AccessSession.token_hash == digest(token)))


def end_sessions_of(tx: Tx, *, kind: PrincipalKind, subject_id: str) -> int:
    """Sign somebody out everywhere, e.g. when a role changes; return how many sessions ended."""
    return tx.run(
        delete(AccessSession).where(
            AccessSession.kind == kind, AccessSession.subject_id == subject_id
        )
    ).rowcount


def staffed_by(tx: Tx, *, token: str, staff_id: str | None) -> None:
    """Put a cashier behind the till of this session, or (``None``) take her away."""
    tx.run(
        update(AccessSession)
        .where(AccessSession.token_hash == digest(token))
        .values(operator_id=staff_id, operator_until=tx.now + SHIFT if staff_id else None)
    )


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a session. ``fading`` asks the edge to call ``keep_alive``."""

    principal: Principal
    fading: bool


def holder_of(tx: Tx, *, kind: PrincipalKind, token: str) -> Holder | None:
    """Return who holds this session; ``None`` when it is unknown, expired, idle or revoked."""
    row = tx.run(
        select(
            AccessSession.subject_id,
            AccessSession.seen_at,
            AccessSession.operator_id,
            AccessSession.operator_until,
        ).where(
            AccessSession.token_hash == digest(token),
            AccessSession.kind == kind,
            AccessSession.expires_at > tx.now,
            AccessSession.seen_at > tx.now - IDLE[kind],
        )
    ).first()
    if row is None:
        return None
    on_shift = row.operator_id if row.operator_until and row.operator_until > tx.now else None
    known = _principal(tx, kind, row.subject_id, on_shift)
    fading = bool(row.seen_at <= tx.now - _SEEN_EVERY)
    return None if known is None else Holder(known, fading)


def _principal(
    tx: Tx, kind: PrincipalKind, subject_id: str, on_shift: str | None
) -> Principal | None:
    """Return the principal of a session's subject.

    A member's name is not looked up here: ``Principal.display_name`` is empty for members.
    """
    if kind is PrincipalKind.STAFF:
        return staff_principal(tx, staff_id=subject_id)
    if kind is PrincipalKind.MEMBER:
        return Principal(kind=kind, id=subject_id)
    return terminal_principal(tx, terminal_id=subject_id, staff_id=on_shift)


def keep_alive(tx: Tx, *, token: str) -> None:
    """Note that the session is in use. Repeating within five minutes changes nothing."""
    tx.run(
        update(AccessSession)
        .where(
            AccessSession.token_hash == digest(token),
            AccessSession.seen_at <= tx.now - _SEEN_EVERY,
        )
        .values(seen_at=tx.now)
    )


def staff_principal(tx: Tx, *, staff_id: str) -> Principal | None:
    """Return the principal of somebody who works here; ``None`` once she has left."""
    row = tx.run(
        select(Staff.name, Staff.role, Staff.store_id).where(
            Staff.id == staff_id, Staff.state == StaffState.ACTIVE
        )
    ).first()
    if row is None:
        return None
    return Principal(
        kind=PrincipalKind.STAFF,
        id=staff_id,
        display_name=row.name,
        role=row.role,
        store_id=row.store_id,
        staff_id=staff_id,
    )


def terminal_principal(tx: Tx, *, terminal_id: str, staff_id: str | None) -> Principal | None:
    """Return the principal of an active till; ``None`` when it is suspended or unknown."""
    row = tx.run(
        select(Terminal.store_id, Terminal.till).where(
            Terminal.id == terminal_id, Terminal.state == TerminalState.ACTIVE
        )
    ).first()
    if row is None:
        return None
    return Principal(
        kind=PrincipalKind.TERMINAL,
        id=terminal_id,
        display_name=f"{row.store_id} / {row.till}",
        store_id=row.store_id,
        till=row.till,
        staff_id=staff_id,
    )


def spend_token(tx: Tx, *, token: str, expires_at: datetime) -> None:
    """Mark a one-time token as used.

    Raises:
        TokenRefused: it has been used before.
    """
    try:
        with tx.session.begin_nested():
            tx.run(insert(SpentToken).values(token_hash=digest(token), expires_at=expires_at))
    except IntegrityError as error:
        raise TokenRefused("used") from error


def sweep_sessions(tx: Tx) -> int:
    """Delete what has expired; return how many sessions went."""
    tx.run(delete(SpentToken).where(SpentToken.expires_at <= tx.now))
    return tx.run(delete(AccessSession).where(AccessSession.expires_at <= tx.now)).rowcount
