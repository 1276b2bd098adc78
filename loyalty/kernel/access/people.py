"""Staff: taking on, signing in, leaving."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, insert, select, update
from sqlalchemy.exc import IntegrityError

from loyalty.kernel.access.errors import EmailTaken, WrongCredentials
from loyalty.kernel.access.models import Staff, StaffState
from loyalty.kernel.access.principals import PrincipalKind, Role
from loyalty.kernel.access.secrets import hash_password, hash_pin, matches
from loyalty.kernel.access.sessions import SignedIn, end_sessions_of, start_session
from loyalty.kernel.audit import record_audit
from loyalty.kernel.tx import Tx


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody on the staff, as lists show her. Never the secrets."""

    staff_id: str
    name: str
    email: str | None
    role: Role
    store_id: str | None
    state: StaffState


def take_on_staff(
    tx: Tx,
    *,
    name: str,
    role: Role,
    email: str | None = None,
    password: str | None = None,
    pin: str | None = None,
    store_id: str | None = None,
    language: str = "fr",
) -> StaffMember:
    """Add somebody to the staff. With a password she may use the back office, with a PIN a till.

    Raises:
        WeakSecret: the password or the PIN is too easy.
        EmailTaken: somebody already has this address.
    """
    staff_id = tx.new_id("stf")
    values = {
        "id": staff_id,
        "name": name,
        "email": email,
        "email_key": email.casefold() if email else None,
        "role": role,
        "store_id": store_id,
        "password_hash": hash_password(password) if password else None,
        "pin_hash": hash_pin(pin) if pin else None,
        "language": language,
        "state": StaffState.ACTIVE,
        "created_at": tx.now,
    }
    try:
        with tx.session.begin_nested():
            tx.run(insert(Staff).values(**values))
    except IntegrityError as error:
        raise EmailTaken from error
    record_audit(tx, action="staff.take-on", subject=staff_id, details={"role": role.value})
    return StaffMember(staff_id, name, email, role, store_id, StaffState.ACTIVE)


def sign_in_staff(tx: Tx, *, email: str, password: str) -> SignedIn:
    """Open a back-office session.

    Raises:
        WrongCredentials: unknown address, wrong password, somebody who left or has no password;
            all four look alike and take as long.
    """
    row = tx.run(
        select(Staff.id, Staff.password_hash, Staff.state).where(
            Staff.email_key == email.strip().casefold()
        )
    ).first()
    known = row if row is not None and row.state is StaffState.ACTIVE else None
    if not matches(known.password_hash if known else None, password) or known is None:
        raise WrongCredentials
    return start_session(tx, kind=PrincipalKind.STAFF, subject_id=known.id)


def cashiers_of(tx: Tx, *, store_id: str) -> list[StaffMember]:
    """Return the people who may sign in on a till of this store, by name."""
    rows = tx.run(
        _listed()
        .where(
            Staff.state == StaffState.ACTIVE,
            Staff.pin_hash.is_not(None),
            (Staff.store_id == store_id) | Staff.store_id.is_(None),
        )
        .order_by(Staff.name)
    )
    return [StaffMember(*row) for row in rows]


def check_pin(tx: Tx, *, staff_id: str, pin: str, store_id: str) -> None:
    """Check a cashier's PIN on a till of ``store_id``.

    Raises:
        WrongCredentials: wrong PIN, somebody of another store, or somebody who left.
    """
    row = tx.run(
        select(Staff.pin_hash, Staff.store_id, Staff.state).where(Staff.id == staff_id)
    ).first()
    at_home = row is not None and row.store_id in (None, store_id)
    known = row if row is not None and at_home and row.state is StaffState.ACTIVE else None
    if not matches(known.pin_hash if known else None, pin):
        raise WrongCredentials


MANAGERS = frozenset({Role.STORE_MANAGER, Role.ADMIN})
"""Who may agree at a till to what a cashier may not do alone."""


def check_manager(tx: Tx, *, staff_id: str, pin: str, store_id: str) -> None:
    """Check the PIN of somebody who may agree to something on a till of ``store_id``.

    Raises:
        WrongCredentials: wrong PIN, somebody of another store, or nobody who may agree.
    """
    check_pin(tx, staff_id=staff_id, pin=pin, store_id=store_id)
    role = tx.run(select(Staff.role).where(Staff.id == staff_id)).scalar_one()
    if role not in MANAGERS:
        raise WrongCredentials


def managers_of(tx: Tx, *, store_id: str) -> list[StaffMember]:
    """Return who may agree to something on a till of this store, by name."""
    return [one for one in cashiers_of(tx, store_id=store_id) if one.role in MANAGERS]


def let_go_staff(tx: Tx, *, staff_id: str) -> None:
    """Mark somebody as having left and end her sessions. Doing it again changes nothing."""
    tx.run(update(Staff).where(Staff.id == staff_id).values(state=StaffState.LEFT))
    end_sessions_of(tx, kind=PrincipalKind.STAFF, subject_id=staff_id)
    record_audit(tx, action="staff.let-go", subject=staff_id, details={})


def all_staff(tx: Tx) -> list[StaffMember]:
    """Return everybody, those who left included, by name."""
    return [StaffMember(*row) for row in tx.run(_listed().order_by(Staff.name))]


def _listed() -> Select[*tuple[Any, ...]]:
    return select(Staff.id, Staff.name, Staff.email, Staff.role, Staff.store_id, Staff.state)
