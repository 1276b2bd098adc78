"""The people of the story, what it remembers, and how a step breaks it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from admin.demo.catalogue import load_shop
from admin.demo.crew import DEMO_PASSWORD, demo_sign_in
from admin.demo.person import Answer, Person
from loyalty.kernel.access.principals import Role
from loyalty.kernel.clock import Clock, monotonic
from loyalty.kernel.i18n import format_money
from loyalty.kernel.runtime import Runtime
from loyalty.queries import current_programme, live_figures

PATIENCE_SECONDS = 30
OK, CREATED = 200, 201
LANGUAGE = "en"


class StoryBroken(Exception):
    """A step of the story did not hold; the message says what was expected and what came."""


@dataclass(slots=True)
class Cast:
    """The people, the shop, and what the story remembers from step to step."""

    address: str
    clock: Clock
    store_id: str
    zone: str
    number: int
    """How often this story has been told on these data: makes the shopper a new person."""
    ada: Person = field(init=False)
    till: Person = field(init=False)
    manager: Person = field(init=False)
    dora: Person = field(init=False)
    kept: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Give everybody a browser of her own, in the language of the story."""
        self.ada, self.till, self.manager, self.dora = (
            Person(self.address, language=LANGUAGE) for _ in range(4)
        )

    @property
    def email(self) -> str:
        """Return the shopper's address: one that nobody has used before."""
        return f"ada.{self.number}@example.org"

    @property
    def phone(self) -> str:
        """Return a mobile number from the range kept for fiction. Source: Arcep, 06 39 98."""
        return f"06 39 98 {90 + self.number // 100 % 10:02d} {self.number % 100:02d}"

    @property
    def business_on(self) -> str:
        """Return today in the shop."""
        return self.clock().astimezone(ZoneInfo(self.zone)).date().isoformat()


def cast_for(runtime: Runtime, address: str) -> Cast:
    """Return the people of the story in a seeded shop that answers at ``address``.

    It plays in the store of Cléo, the cashier.
    """
    with runtime.database.look(actor="demo") as tx:
        zone, number = str(current_programme(tx).zone), live_figures(tx).members
    cleo = next(one for one in load_shop().staff if one.role == Role.CASHIER)
    return Cast(
        address=address,
        clock=runtime.database.clock,
        store_id=str(cleo.store_id),
        zone=zone,
        number=number,
    )


def expect(held: object, what: str) -> None:
    """Break the story unless ``held``.

    Raises:
        StoryBroken: with ``what`` was expected.
    """
    if not held:
        raise StoryBroken(what)


def sign_in(person: Person, role: Role) -> None:
    """Sign the first member of staff with that role in to the back office."""
    email = next(demo_sign_in(one)[0] for one in load_shop().staff if one.role == role)
    page = person.see("/admin/sign-in")
    home = person.fill(page, "/admin/sign-in", email=str(email), password=DEMO_PASSWORD)
    expect(home.url.rstrip("/").endswith("/admin"), f"the back office, not {home.plain[:200]}")


def ok(answer: Answer, what: str) -> Answer:
    """Return the answer when it is one; break the story when it is a refusal."""
    expect(answer.status in {OK, CREATED}, f"{what}, not {answer.status}: {answer.text[:400]}")
    return answer


def wait(find: Callable[[], Any], what: str, *, seconds: int = PATIENCE_SECONDS) -> Any:
    """Look again and again until it is there.

    Raises:
        StoryBroken: it has not come within ``seconds``.
    """
    until = monotonic() + seconds
    while monotonic() < until:
        found = find()
        if found:
            return found
        time.sleep(0.3)
    raise StoryBroken(f"{what} within {seconds} s")


def euros(minor: int) -> str:
    """Return an amount for the sentences of the story."""
    return format_money(LANGUAGE, minor, "EUR")
