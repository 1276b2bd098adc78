"""Tills: inviting, enrolling, suspending, and the keys they sign with."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from loyalty.kernel.access.errors import EnrolmentRefused, TerminalSuspended, TillTaken
from loyalty.kernel.access.models import Terminal, TerminalState
from loyalty.kernel.access.principals import PrincipalKind
from loyalty.kernel.access.sessions import SignedIn, end_sessions_of, start_session
from loyalty.kernel.audit import record_audit
from loyalty.kernel.problems import NotFound
from loyalty.kernel.signing import Keys, digest, random_digits
from loyalty.kernel.tx import Tx

CODE_SPAN = timedelta(minutes=15)
CODE_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Invited:
    """A till that may enrol: ``code`` is shown once, to the manager."""

    terminal_id: str
    code: str


@dataclass(frozen=True, slots=True)
class TerminalKey:
    """What a till needs to sign its requests: the key id to name and the secret, in base 64."""

    terminal_id: str
    key_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class TerminalRow:
    """A till, as lists show it."""

    terminal_id: str
    store_id: str
    till: str
    state: TerminalState


def invite_terminal(tx: Tx, *, store_id: str, till: str) -> Invited:
    """Create a till and the one-time code that enrols it.

    Raises:
        TillTaken: the store already has a till of this name.
    """
    terminal_id = tx.new_id("trm")
    try:
        with tx.session.begin_nested():
            tx.run(
                insert(Terminal).values(
                    id=terminal_id,
                    store_id=store_id,
                    till=till,
                    state=TerminalState.INVITED,
                    key_number=1,
                    created_at=tx.now,
                )
            )
    except IntegrityError as error:
        raise TillTaken(store_id, till) from error
    return renew_invitation(tx, terminal_id=terminal_id)


def renew_invitation(tx: Tx, *, terminal_id: str) -> Invited:
    """Give a till a fresh enrolment code; its sessions and its old key end now.

    Raises:
        NotFound: there is no such till.
    """
    code = random_digits(CODE_DIGITS)
    done = tx.run(
        update(Terminal)
        .where(Terminal.id == terminal_id)
        .values(
            state=TerminalState.INVITED,
            key_number=Terminal.key_number + 1,
            code_hash=digest(code),
            code_until=tx.now + CODE_SPAN,
        )
    )
    if done.rowcount != 1:
        raise NotFound("till")
    end_sessions_of(tx, kind=PrincipalKind.TERMINAL, subject_id=terminal_id)
    record_audit(tx, action="terminal.invite", subject=terminal_id, details={})
    return Invited(terminal_id, code)


def enrol_terminal(tx: Tx, *, code: str) -> str:
    """Activate the till that was given ``code`` and return its id. A code works once.

    Raises:
        EnrolmentRefused: unknown, used or lapsed code.
    """
    terminal_id = tx.run(
        update(Terminal)
        .where(
            Terminal.code_hash == digest(code.replace(" ", "")),
            Terminal.state == TerminalState.INVITED,
            Terminal.code_until > tx.now,
        )
        .values(state=TerminalState.ACTIVE, code_hash=None, code_until=None)
        .returning(Terminal.id)
    ).scalar()
    if terminal_id is None:
        raise EnrolmentRefused
    record_audit(tx, action="terminal.enrol", subject=terminal_id, details={})
    return str(terminal_id)


def open_till(tx: Tx, *, terminal_id: str) -> SignedIn:
    """Start the device session of a browser till."""
    return start_session(tx, kind=PrincipalKind.TERMINAL, subject_id=terminal_id)


def suspend_terminal(tx: Tx, *, terminal_id: str) -> None:
    """Refuse everything this till sends, from now on. Doing it again changes nothing.

    Raises:
        NotFound: there is no such till.
    """
    done = tx.run(
        update(Terminal)
        .where(Terminal.id == terminal_id)
        .values(state=TerminalState.SUSPENDED, code_hash=None)
    )
    if done.rowcount != 1:
        raise NotFound("till")
    end_sessions_of(tx, kind=PrincipalKind.TERMINAL, subject_id=terminal_id)
    record_audit(tx, action="terminal.suspend", subject=terminal_id, details={})


def terminal_key(tx: Tx, keys: Keys, *, terminal_id: str) -> TerminalKey:
    """Return the signing key of an active till. The secret is derived, never stored.

    Raises:
        NotFound: there is no such till.
        TerminalSuspended: it may not sign.
    """
    row = tx.run(
        select(Terminal.state, Terminal.key_number).where(Terminal.id == terminal_id)
    ).first()
    if row is None:
        raise NotFound("till")
    if row.state is not TerminalState.ACTIVE:
        raise TerminalSuspended
    key_id = f"{terminal_id}.{row.key_number}"
    secret = base64.b64encode(signing_secret(keys, key_id)).decode()
    return TerminalKey(terminal_id, key_id, secret)


def signing_secret(keys: Keys, key_id: str) -> bytes:
    """Return the 32 bytes with which the till of ``key_id`` signs."""
    return keys.mac("terminal-signature", key_id.encode())


def terminals(tx: Tx) -> list[TerminalRow]:
    """Return every till, by store and name."""
    rows = tx.run(
        select(Terminal.id, Terminal.store_id, Terminal.till, Terminal.state).order_by(
            Terminal.store_id, Terminal.till
        )
    )
    return [TerminalRow(*row) for row in rows]
