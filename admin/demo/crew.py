"""Who works in the demo shop, the tills they stand at, and how each signs in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from admin.demo.catalogue import DemoStaff, load_shop
from admin.demo.dice import Dice
from admin.demo.people import ascii_slug
from loyalty.kernel.access.people import take_on_staff
from loyalty.kernel.access.principals import Role
from loyalty.kernel.access.terminals import enrol_terminal, invite_terminal
from loyalty.kernel.tx import Tx
from loyalty.values import StoreId

DEMO_PASSWORD = "palier-demo-2026"  # noqa: S105 - printed by the demo, for invented people only
"""Opens every back-office account of the demo. It is no secret: the demo prints it."""

CLEO_PIN = "246810"


@dataclass(frozen=True, slots=True)
class SignIn:
    """How somebody gets in: ``email`` and ``password`` to the back office, or ``pin`` at a till."""

    staff_id: str
    name: str
    role: Role
    store_id: StoreId | None
    email: str | None
    password: str | None
    pin: str | None


@dataclass(frozen=True, slots=True)
class Till:
    """An enrolled till."""

    terminal_id: str
    store_id: StoreId
    till: str


@dataclass(frozen=True, slots=True)
class Crew:
    """Everybody who works here and every till."""

    sign_ins: tuple[SignIn, ...]
    tills: tuple[Till, ...]

    @property
    def cashiers(self) -> Mapping[StoreId, Sequence[str]]:
        """Return the ids of each store's cashiers."""
        found: dict[StoreId, list[str]] = {}
        for person in self.sign_ins:
            if person.role is Role.CASHIER and person.store_id:
                found.setdefault(person.store_id, []).append(person.staff_id)
        return found


def sign_ins() -> Iterator[tuple[str, str, str]]:
    """Yield one person of each role: who they are, where they sign in, and their PIN or password.

    Needs no database: these are the same in every demo.
    """
    shown: set[str] = set()
    cities = {store.id: store.city for store in load_shop().stores}
    for person in load_shop().staff:
        if person.role in shown:
            continue
        shown.add(person.role)
        email, password, pin = demo_sign_in(person)
        role = person.role.replace("_", " ")
        place = f", {cities[person.store_id]}" if person.store_id else ""
        yield f"{person.name} ({role}{place})", email or "/till", password or f"PIN {pin}"


def demo_sign_in(person: DemoStaff) -> tuple[str | None, str | None, str | None]:
    """Return e-mail, password and PIN of somebody: cashiers have the PIN, others a password."""
    if person.role == Role.CASHIER:
        is_cleo = person.given_name == "Cléo"
        dice = Dice("pin", person.name)
        pin = CLEO_PIN if is_cleo else f"{dice.between(100_000, 999_998)}"
        return None, None, pin
    return f"{ascii_slug(person.given_name)}@example.com", DEMO_PASSWORD, None


def take_on_crew(tx: Tx) -> Crew:
    """Take on the demo's staff and enrol its tills.

    Raises:
        EmailTaken: they are here already.
        TillTaken: the tills are.
    """
    return Crew(tuple(_take_on(tx, person) for person in load_shop().staff), _enrol_tills(tx))


def _take_on(tx: Tx, person: DemoStaff) -> SignIn:
    email, password, pin = demo_sign_in(person)
    member = take_on_staff(
        tx,
        name=person.name,
        role=Role(person.role),
        email=email,
        password=password,
        pin=pin,
        store_id=person.store_id,
    )
    role = Role(person.role)
    return SignIn(member.staff_id, person.name, role, person.store_id, email, password, pin)


def _enrol_tills(tx: Tx) -> tuple[Till, ...]:
    tills = []
    for store in load_shop().stores:
        for name in store.tills:
            invited = invite_terminal(tx, store_id=store.id, till=name)
            terminal_id = enrol_terminal(tx, code=invited.code)
            tills.append(Till(terminal_id, store.id, name))
    return tuple(tills)
