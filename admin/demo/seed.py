"""Filling an empty database with the demo shop, through the doors that the packages offer.

Everything happens in one transaction: an interrupted start leaves nothing behind. People and
receipts follow from the seed and the day; only ids and secrets are fresh each time.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import click

from admin.demo.catalogue import load_articles, load_shop
from admin.demo.crew import Crew, take_on_crew
from admin.demo.history import enrol_everybody, rank_everybody, replay
from admin.demo.past import in_the_past
from admin.demo.people import CAST, JOINING_MONTHS, MEMBERS, people
from admin.demo.programme import demo_programme
from admin.demo.progress import show_steps
from admin.demo.promotions import offer_documents
from admin.demo.receipts import plan_visits
from admin.demo.seasons import months_before
from loyalty.commands import publish_programme, save_articles, save_category, save_store
from loyalty.kernel.access.principals import Role
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.tx import Tx
from loyalty.queries import member_by_email
from loyalty.values import ArticleFacts, MemberId
from offers.commands import draft_offer, launch_offer

SEED = 20_260_217
ACTOR = "cli:seed"
_MORNING = time(9)


@dataclass(frozen=True, slots=True)
class Seeded:
    """What was brought in."""

    crew: Crew
    articles: int
    offers: int
    members: int
    receipts: int


@dataclass(frozen=True, slots=True)
class Examples:
    """Members worth looking at: long histories, each at another place on the stairs."""

    gold: MemberId
    near_gold: MemberId
    lapsed: MemberId
    platinum: MemberId


class AlreadySeeded(click.ClickException):
    """The demo shop is in this database; it is not brought in a second time."""

    def __init__(self) -> None:
        super().__init__("The demo shop is in this database already; take an empty one.")


def is_seeded(runtime: Runtime) -> bool:
    """Tell whether the demo shop is in the database; it is there whole or not at all."""
    with runtime.database.look(actor=ACTOR) as tx:
        return _is_here(tx)


def seed_shop(
    runtime: Runtime, *, seed: int = SEED, members: int = MEMBERS, quiet: bool = False
) -> Seeded:
    """Bring the demo shop into an empty database, with its history up to yesterday.

    Progress is drawn on standard error unless ``quiet``.

    Raises:
        AlreadySeeded: the shop is here; nothing was changed.
        StorageUnavailable: the database cannot be written; nothing was brought in.
    """
    with (
        _uncollected(),
        show_steps(quiet=quiet) as steps,
        runtime.database.begin(actor=ACTOR) as tx,
    ):
        if _is_here(tx):
            raise AlreadySeeded
        today = tx.now.astimezone(_zone()).date()
        step = steps.begin("Opening the shop", total=3)
        crew = _open_shop(tx, today)
        step.advance()
        _fill_shelves(tx)
        step.advance()
        offers = _launch_offers(tx, today, crew)
        step.advance()
        personas = list(people(seed, today, members=members))
        ids = enrol_everybody(tx, runtime, personas, crew, steps)
        receipts = replay(tx, runtime, plan_visits(seed, today, personas), ids, steps)
        rank_everybody(tx, list(ids.members.values()), steps)
    return Seeded(crew, len(load_articles()), offers, len(personas), receipts)


def example_members(tx: Tx) -> Examples:
    """Return the members whom screenshots and documents show.

    Raises:
        LookupError: the demo shop is not in this database.
    """
    found = {role.key: member_by_email(tx, role.email) for role in CAST}
    ids = {key: member_id for key, member_id in found.items() if member_id is not None}
    if len(ids) < len(CAST):
        raise LookupError("the demo shop is not in this database")
    return Examples(
        gold=ids["ben"], near_gold=ids["ines"], lapsed=ids["gerard"], platinum=ids["helene"]
    )


def _is_here(tx: Tx) -> bool:
    return member_by_email(tx, CAST[0].email) is not None


@contextmanager
def _uncollected() -> Iterator[None]:
    """Spare the garbage collector millions of rows that hold no cycles: a tenth of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _zone() -> ZoneInfo:
    return ZoneInfo(load_shop().zone)


def _open_shop(tx: Tx, today: date) -> Crew:
    """Publish the programme, name the stores, take on the staff: on the day of the launch."""
    launch = datetime.combine(months_before(today, JOINING_MONTHS), _MORNING, tzinfo=_zone())
    then = in_the_past(tx, launch)
    shop = load_shop()
    publish_programme(then, document=demo_programme())
    for store in shop.stores:
        save_store(then, store_id=store.id, name=store.name, city=store.city, zone=shop.zone)
    return take_on_crew(then)


def _fill_shelves(tx: Tx) -> None:
    for category in load_shop().categories:
        save_category(
            tx, category_id=category.id, name_fr=category.name_fr, name_en=category.name_en
        )
    save_articles(
        tx,
        articles=[
            ArticleFacts(
                sku=article.sku,
                name=article.name,
                category=article.category,
                price_minor=article.price_minor,
                tax_bp=article.tax_bp,
                ean=article.ean,
                brand=article.brand,
                labels=article.labels,
                sold_by=article.sold_by,
            )
            for article in load_articles()
        ],
    )


def _launch_offers(tx: Tx, today: date, crew: Crew) -> int:
    """Launch the offers as the marketer did, each in the morning of its first day."""
    documents = sorted(offer_documents(today), key=lambda document: str(document["from"]))
    marketer = next(person for person in crew.sign_ins if person.role is Role.MARKETER)
    for document in documents:
        at = datetime.combine(date.fromisoformat(document["from"]), _MORNING, tzinfo=_zone())
        then = in_the_past(tx, at, actor=f"staff:{marketer.staff_id}")
        launch_offer(then, offer_id=draft_offer(then, document=document).offer_id)
    return len(documents)
