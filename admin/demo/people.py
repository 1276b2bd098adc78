"""Two thousand invented members: names, addresses nobody owns, when they joined, what they allowed.

E-mail addresses lie on domains kept for documentation (RFC 2606), phone numbers in the range that
ARCEP keeps for fiction (06 39 98 xx xx, decision 2018-0881). The first thousand
numbers of that range stay free for whoever tells a story on top of this shop.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from admin.demo.catalogue import DATA, Shop, load_shop
from admin.demo.dice import Dice
from admin.demo.seasons import SUNDAY, months_before, traffic_percent
from loyalty.values import Channel, Identity, Purpose, StoreId

MEMBERS = 2_000
JOINING_MONTHS = 30
FIRST_PHONE, PHONES = 1_000, 9_000
DOMAINS = ("example.com", "example.org")


class Pace(StrEnum):
    """How much of a life is spent in this shop."""

    PLATINUM = "platinum"
    GOLD = "gold"
    NEAR_GOLD = "near-gold"
    REGULAR = "regular"
    OCCASIONAL = "occasional"
    RARE = "rare"


@dataclass(frozen=True, slots=True)
class Allowed:
    """One yes or no, and when it was said."""

    purpose: Purpose
    granted: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Persona:
    """A member to be, before anything has given them an id. ``key`` tells them apart."""

    key: str
    identity: Identity
    language: str
    home_store_id: StoreId
    channel: Channel
    joined_on: date
    joined_at: datetime
    consents: tuple[Allowed, ...]
    pace: Pace


@dataclass(frozen=True, slots=True)
class Role:
    """Someone we know by name. ``lapses`` when they have stopped coming."""

    key: str
    given_name: str
    family_name: str
    store: str
    born_on: date
    pace: Pace
    lapses: bool = False

    @property
    def email(self) -> str:
        """Return the address by which they are found again."""
        return f"{ascii_slug(self.given_name)}.{ascii_slug(self.family_name)}@{DOMAINS[0]}"


CAST = (
    Role("ben", "Ben", "Lagarde", "lyon-part-dieu", date(1984, 5, 17), Pace.GOLD),
    Role("ines", "Inès", "Haddad", "lyon-part-dieu", date(1991, 9, 3), Pace.NEAR_GOLD),
    Role(
        "gerard",
        "Gérard",
        "Vasseur",
        "lille-wazemmes",
        date(1957, 2, 11),
        Pace.REGULAR,
        lapses=True,
    ),
    Role("helene", "Hélène", "Kermarrec", "nantes-graslin", date(1976, 11, 28), Pace.PLATINUM),
)
"""The members whom screenshots and documents call by name."""

_PACES = tuple(Pace)
_PACE_WEIGHTS = tuple(accumulate((10, 55, 40, 420, 335, 140)))
_EARLY = {Pace.PLATINUM, Pace.GOLD, Pace.NEAR_GOLD}
_CHANNELS = (Channel.STORE, Channel.POSTER, Channel.WEB, Channel.IMPORT)
_CHANNEL_WEIGHTS = tuple(accumulate((55, 26, 15, 4)))
_GENERATIONS = {"elder": (1938, 1962), "adult": (1963, 1990), "young": (1991, 2006)}
_GENERATION_NAMES = tuple(_GENERATIONS)
_GENERATION_WEIGHTS = tuple(accumulate((24, 47, 29)))
_ADULT_DAYS = 18 * 366
_FOREIGN_SHARE = 25
_YES_PER_MILLE = {
    Purpose.EMAIL_MARKETING: 620,
    Purpose.SMS_MARKETING: 400,
    Purpose.PERSONAL_OFFERS: 700,
}


def people(seed: int, today: date, *, members: int = MEMBERS) -> Iterator[Persona]:
    """Yield the members of the demo, the cast first. The same arguments give the same people."""
    known = {role.email for role in CAST}
    directory = _Directory(taken=known, phones=_phone_numbers(seed))
    for number in range(members):
        role = CAST[number] if number < len(CAST) else None
        key = role.key if role else f"m{number:04d}"
        yield _persona(Dice(seed, "person", key), key, role, today, directory)


def ascii_slug(text: str) -> str:
    """Return ``text`` in lower-case ASCII letters, digits and dots, as mailboxes spell names."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe")).encode("ascii", "ignore")
    return re.sub(r"[^a-z0-9]+", "", plain.decode().lower())


@dataclass(frozen=True, slots=True)
class _Directory:
    """What may be given to one person only: addresses in use, numbers still free."""

    taken: set[str]
    phones: Iterator[str]


def _persona(
    dice: Dice, key: str, role: Role | None, today: date, directory: _Directory
) -> Persona:
    shop = load_shop()
    pace = role.pace if role else _PACES[dice.weighted(_PACE_WEIGHTS)]
    channel = Channel.STORE if role else _CHANNELS[dice.weighted(_CHANNEL_WEIGHTS)]
    joined_at = _joined_at(dice, shop, today, channel, early=bool(role) or pace in _EARLY)
    joined_on = joined_at.date()
    given, family, born_on, share = _name(dice, joined_on)
    if role:
        given, family, born_on = role.given_name, role.family_name, role.born_on
    has_email = dice.chance(880)
    email = _email(dice, given, family, born_on, directory.taken) if has_email else None
    has_phone = bool(role) or not has_email or dice.chance(740)
    known_birth = bool(role) or dice.chance(550)
    speaks_english = not role and dice.chance(450 if share == _FOREIGN_SHARE else 40)
    return Persona(
        key=key,
        identity=Identity(
            given_name=given,
            family_name=family,
            email=role.email if role else email,
            phone=next(directory.phones) if has_phone else None,
            born_on=born_on if known_birth else None,
        ),
        language="en" if speaks_english else "fr",
        home_store_id=StoreId(role.store) if role else _home_store(dice, shop),
        channel=channel,
        joined_on=joined_on,
        joined_at=joined_at.astimezone(UTC),
        consents=_consents(dice, joined_at, today, willing=bool(role)),
        pace=pace,
    )


def _joined_at(dice: Dice, shop: Shop, today: date, channel: Channel, *, early: bool) -> datetime:
    """Return when someone joined, in the shop's zone: a rush at the launch, then a steady flow."""
    launch = months_before(today, JOINING_MONTHS)
    span = (today - launch).days
    if early and dice.chance(880):
        day = dice.below(span * 2 // 5)
    elif dice.chance(220):
        day = dice.below(90)
    else:
        day = dice.below(span)
    on = launch + timedelta(days=day)
    if not traffic_percent(on):
        on -= timedelta(days=1)
    at_home = channel in {Channel.WEB, Channel.IMPORT}
    minute = dice.between(7 * 60, 23 * 60) if at_home else dice.between(9 * 60, 12 * 60 + 20)
    if not at_home and on.weekday() != SUNDAY and dice.chance(600):
        minute += 7 * 60
    moment = time(minute // 60, minute % 60, dice.below(60), tzinfo=ZoneInfo(shop.zone))
    return datetime.combine(on, moment)


def _name(dice: Dice, joined_on: date) -> tuple[str, str, date, int]:
    """Return given name, family name, birth date and the share of the group they come from."""
    groups, weights = _names()
    group = groups[dice.weighted(weights)]
    generation = _GENERATION_NAMES[dice.weighted(_GENERATION_WEIGHTS)]
    given = dice.pick(group[generation])
    families = groups[dice.weighted(weights)] if dice.chance(150) else group
    family = dice.pick(families["family"])
    first, last = _GENERATIONS[generation]
    born = date(dice.between(first, last), 1, 1) + timedelta(days=dice.below(365))
    return given, family, min(born, joined_on - timedelta(days=_ADULT_DAYS)), group["share"]


@cache
def _names() -> tuple[list[dict[str, Any]], tuple[int, ...]]:
    groups = yaml.safe_load((DATA / "names.yaml").read_text(encoding="utf-8"))
    return groups, tuple(accumulate(group["share"] for group in groups))


def _email(dice: Dice, given: str, family: str, born_on: date, taken: set[str]) -> str:
    """Return an address nobody else in the demo has."""
    first, last = ascii_slug(given), ascii_slug(family)
    shapes = (f"{first}.{last}", f"{first}.{last}", f"{first[0]}.{last}", f"{first}{last}")
    local, domain = dice.pick(shapes), dice.pick(DOMAINS)
    address, attempt = f"{local}@{domain}", 0
    while address in taken:
        address = f"{local}{born_on.year % 100 + 100 * attempt:02d}@{domain}"
        attempt += 1
    taken.add(address)
    return address


def _phone_numbers(seed: int) -> Iterator[str]:
    """Yield fictional mobile numbers, each once, in an order that looks like none."""
    start = Dice(seed, "phones").below(PHONES)
    step = 3_637  # shares no factor with 9,000, so the walk meets every number
    for turn in range(PHONES):
        yield f"+3363998{FIRST_PHONE + (start + turn * step) % PHONES:04d}"


def _home_store(dice: Dice, shop: Shop) -> StoreId:
    at = dice.weighted(tuple(accumulate(store.share for store in shop.stores)))
    return shop.stores[at].id


def _consents(
    dice: Dice, joined_at: datetime, today: date, *, willing: bool
) -> tuple[Allowed, ...]:
    """Return what was said at enrolment, and the few who later changed their mind."""
    said: list[Allowed] = []
    days_since = (today - joined_at.date()).days
    for purpose, per_mille in _YES_PER_MILLE.items():
        granted = dice.chance(1000 if willing else per_mille)
        said.append(Allowed(purpose, granted, joined_at.astimezone(UTC)))
        if granted and not willing and days_since > 1 and dice.chance(50):
            later = joined_at + timedelta(days=dice.between(1, days_since - 1))
            said.append(Allowed(purpose, granted=False, at=later.astimezone(UTC)))
    return tuple(said)
