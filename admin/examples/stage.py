"""What a story stands on while it runs: the database, the clock, and who is who."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from admin.examples.amounts import grains, scaled
from admin.examples.compare import Cash, Held
from admin.examples.scratch import Scratch
from admin.examples.story import Plain, Step, Story
from loyalty.kernel.problems import Problem
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.queries import PurchaseDetail
from loyalty.values import MemberId, PurchaseId, SaleKey

ACTOR = "examples"
DEFAULT_STORE, DEFAULT_TILL = "store", "t1"


class NotHonouredYet(Exception):
    """The file uses a word that the engine does not act on yet."""


@dataclass(frozen=True, slots=True)
class Sold:
    """A purchase of the story: what a return, a void or a coupon points at."""

    purchase_id: PurchaseId
    key: SaleKey
    member: str | None
    lines: tuple[Any, ...]
    """The mapping of each line as the file wrote it, by position."""
    claim: Any = None


@dataclass(slots=True)
class Cast:
    """The names of the file and what they stand for in the database."""

    members: dict[str, MemberId] = field(default_factory=dict)
    cards: dict[str, str] = field(default_factory=dict)
    """Member -> the letters of her card."""
    offers: dict[str, str] = field(default_factory=dict)
    """Slug -> id of the offer's live version."""
    slugs: dict[str, str] = field(default_factory=dict)
    """Id of any version of an offer -> slug."""
    staff: dict[str, str] = field(default_factory=dict)
    sold: dict[str, Sold] = field(default_factory=dict)
    keys: dict[str, SaleKey] = field(default_factory=dict)
    """Source -> the till's key that it was first used with."""
    things: dict[str, Any] = field(default_factory=dict)
    """Holds, claims, requests and the like, by the name that the file gave them."""

    def copy(self) -> Cast:
        """Return a cast of its own, for trying something out."""
        return Cast(
            dict(self.members),
            dict(self.cards),
            dict(self.offers),
            dict(self.slugs),
            dict(self.staff),
            dict(self.sold),
            dict(self.keys),
            dict(self.things),
        )


@dataclass(slots=True)
class Answer:
    """What a verb brought about, in one form for all verbs.

    ``member`` is whom the expectations of the step mean. ``facts`` answers expectations by their
    key. ``marks`` holds what stood in the database before the step, for the keys that need it.
    """

    member: str | None = None
    refused: Problem | None = None
    crashed: str = ""
    result: Any = None
    receipt: Any = None
    basket: Any = None
    detail: PurchaseDetail | None = None
    """The purchase with its lines; read when an expectation asks for it."""
    facts: dict[str, Any] = field(default_factory=dict)
    succeeded: int = 1
    refused_count: int = 0


@dataclass(slots=True)
class Stage:
    """What verbs and checks receive."""

    story: Story
    scratch: Scratch
    cast: Cast = field(default_factory=Cast)
    programmes: list[tuple[datetime, Plain]] = field(default_factory=list)
    """What was published after the first programme, and from when it holds."""
    first_marks: Any = None
    """Where every ledger of a member stood before the first step."""

    @property
    def keys(self) -> Keys:
        """Return the key ring of the scratch installation."""
        return self.scratch.keys

    @property
    def digits(self) -> int:
        """Return the decimals of the story's currency."""
        return self.story.currency.minor_digits

    def begin(self, actor: str = ACTOR) -> AbstractContextManager[Tx]:
        """Open a transaction that writes."""
        return self.scratch.database.begin(actor=actor)

    def look(self) -> AbstractContextManager[Tx]:
        """Open a transaction that reads."""
        return self.scratch.database.look()

    def minor(self, money: object) -> int:
        """Return money of the file in minor units."""
        return scaled(money, self.digits)

    def cash(self, minor: int) -> Cash:
        """Return minor units as money to compare with."""
        return Cash(minor, self.digits)

    @property
    def programme(self) -> Plain:
        """Return the programme that is in force now."""
        now = self.scratch.clock()
        held = [document for at, document in self.programmes if at <= now]
        return held[-1] if held else self.story.programme

    def decimals(self, wallet: str) -> int:
        """Return the decimals of a wallet of the programme."""
        rule = (self.programme.get("wallets") or {}).get(wallet) or {}
        return int(rule.get("decimals", 0))

    def grains(self, wallet: str, amount: object) -> int:
        """Return an amount of a wallet in grains."""
        return grains(amount, self.decimals(wallet))

    def held(self, wallet: str, amount: int) -> Held:
        """Return grains of a wallet as an amount to compare with."""
        return Held(amount, self.decimals(wallet))

    @property
    def wallets(self) -> tuple[str, ...]:
        """Return the names of the programme's wallets, the first being the default."""
        return tuple(self.programme.get("wallets") or {})

    @property
    def wallet(self) -> str:
        """Return the wallet that is meant when none is named."""
        names = self.wallets
        return "points" if "points" in names or not names else names[0]

    def member_id(self, name: str) -> MemberId:
        """Return the id of a member of the file."""
        return self.cast.members[name]

    def day(self, instant: datetime) -> date:
        """Return the local day of an instant."""
        return instant.astimezone(self.zone).date()

    @property
    def zone(self) -> ZoneInfo:
        """Return the story's zone."""
        return ZoneInfo(self.story.zone)

    def sold(self, name: str) -> Sold:
        """Return the purchase that the file calls ``name``."""
        found = self.cast.sold.get(name)
        if found is None:
            raise NotHonouredYet(f"there is no purchase {name!r} so far")
        return found


@dataclass(frozen=True, slots=True)
class Before:
    """What was true before the step, for the expectations that compare with it."""

    marks: Any = None
    """Where every ledger of a member stood."""
    books: str = ""
    levels: Mapping[str, str] = field(default_factory=dict)
    messages: Mapping[MemberId, int] = field(default_factory=dict)
    """How many messages each member had."""


@dataclass(slots=True)
class View:
    """What a check receives: the stage, the step, its answer, and one reading transaction."""

    stage: Stage
    step: Step
    answer: Answer
    tx: Tx
    before: Before = field(default_factory=Before)

    @property
    def member(self) -> str | None:
        """Return the member that the step's own expectations mean: hers, or the only one."""
        if self.answer.member is not None:
            return self.answer.member
        names = tuple(self.stage.cast.members)
        return names[0] if len(names) == 1 else None

    @property
    def member_id(self) -> MemberId | None:
        """Return the id of ``member``."""
        name = self.member
        return self.stage.cast.members.get(name) if name else None

    def cash(self, minor: int) -> Cash:
        """Return minor units as money to compare with."""
        return self.stage.cash(minor)


def as_date(value: object) -> date:
    """Return a day of the file."""
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def instant_of(stage: Stage, text: object) -> datetime:
    """Return an instant of the file: local, a day alone beginning at 00:00."""
    if isinstance(text, datetime):
        found = text
    elif isinstance(text, date):
        found = datetime.combine(text, time(0))
    else:
        found = datetime.fromisoformat(str(text))
    return found if found.tzinfo else found.replace(tzinfo=stage.zone)
