"""The scene of the screenshots: the demo shop on a fixed morning, with a day that has begun."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from admin.app import create_app
from admin.demo.catalogue import load_shop
from admin.demo.seed import example_members, is_seeded, seed_shop
from admin.migrate import upgrade
from admin.plugins import PLUGINS
from admin.worker import all_jobs
from campaigns.commands import draft_campaign, schedule_campaign
from campaigns.values import CampaignId
from loyalty.commands import set_language
from loyalty.kernel.clock import MovableClock
from loyalty.kernel.jobs import run_job
from loyalty.kernel.relay import drain
from loyalty.kernel.runtime import Runtime, open_runtime
from loyalty.kernel.settings import Mode, Settings
from loyalty.queries import article_by_sku, audience_members, member_card, stores
from loyalty.values import MemberId, SaleKey, Sku, StoreId
from offers.commands import activate_offer
from offers.queries import member_offers
from pos_adapter.commands import commit_sale
from pos_adapter.values import BasketClaim, CardShown, EntryMode, SaleClaim, TillLine
from tests.services.web import served

MORNING = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
"""A Tuesday, half past ten in Paris: fruit is cheaper, and SMS may leave."""
LYON = StoreId("lyon-part-dieu")
ZONE = "Europe/Paris"
BASKETS: tuple[tuple[str, ...], ...] = (
    ("kiwis-6", "oranges-jus-2-kg", "baguette-tradition", "carottes-1-kg"),
    ("fraises-gariguettes-250-g", "croissants-pur-beurre-4", "avocats-3"),
    ("citrons-bio-500-g", "pain-complet-bio-400-g", "carottes-bio-botte"),
    ("mangue", "salade-batavia", "champignons-paris-500-g", "pain-campagne-500-g"),
    ("endives-1-kg", "pommes-terre-charlotte-1-5-kg", "oignons-jaunes-1-kg"),
)
SALES_TODAY = 35
ON_THE_BELT = (
    "fraises-gariguettes-250-g",
    "avocats-3",
    "baguette-tradition",
    "citrons-bio-500-g",
    "champignons-paris-500-g",
)
"""What lies on the belt in the picture of the till."""

_GOLD_FR = """Bonjour {first_name|default:à vous},

Vous avez **{points}** points. Cette semaine, votre palier vous réserve les fruits et légumes :

[Voir mes offres]({card_link})"""
_GOLD_EN = """Hello {first_name|default:there},

You hold **{points}** points. This week your tier brings you fruit and vegetables:

[See my offers]({card_link})"""
GOLD_THIS_WEEK: dict[str, Any] = {
    "audience": {"tiers": ["gold"]},
    "channels": ["email", "sms"],
    "content": {
        "fr": {
            "subject": "Or : vos offres de la semaine",
            "body": _GOLD_FR,
            "sms": "{first_name|default:Bonjour}, vos offres Or vous attendent : {card_link}",
        },
        "en": {
            "subject": "Gold: your offers this week",
            "body": _GOLD_EN,
            "sms": "{first_name|default:Hello}, your Gold offers are waiting: {card_link}",
        },
    },
    "schedule": {"on": "2026-03-10", "at": "10:00"},
}
SPRING = GOLD_THIS_WEEK | {
    "audience": {"tiers": [], "last_visit": {"within_days": 60}},
    "channels": ["email"],
    "schedule": {"on": "2026-03-12", "at": "18:00"},
}


@dataclass(frozen=True, slots=True)
class Scene:
    """The running shop: where it answers, what it runs on, who and what is in the pictures."""

    url: str
    runtime: Runtime
    member: MemberId
    campaign: CampaignId


def seeded_file(folder: Path, *, fresh: bool) -> Path:
    """Return the file of the seeded shop; it is made once and kept for the next run."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "palier.db"
    if fresh:
        for one in folder.glob("palier.db*"):
            one.unlink()
    runtime = open_runtime(_settings(path, "http://127.0.0.1"), clock=MovableClock(MORNING))
    upgrade(runtime.database)
    if not is_seeded(runtime):
        seed_shop(runtime)
    runtime.database.dispose()
    return path


@contextmanager
def on_stage(seeded: Path, folder: Path, *, language: str) -> Iterator[Scene]:
    """Serve a copy of the seeded shop in which a morning's work has been done."""
    copy = folder / "palier.db"
    shutil.copyfile(seeded, copy)
    clock = MovableClock(MORNING - timedelta(hours=1))
    opened: list[Runtime] = []

    def make(url: str) -> Flask:
        opened.append(open_runtime(_settings(copy, url), clock=clock))
        return create_app(opened[0])

    try:
        with served(make) as url:
            yield _begin_the_day(opened[0], clock, url, language)
    finally:
        for one in opened:
            one.database.dispose()


def _settings(path: Path, url: str) -> Settings:
    return Settings(
        mode=Mode.DEMO,
        secret_key="only-for-pictures-0123456789-abcdefghijk",
        database_url=f"sqlite:///{path}",
        public_url=url,
        data_dir=str(path.parent),
        brand=load_shop().name,
        cookie_secure=False,
        sms_url=f"{url}/demo/sms",
        sms_token="demo",
        log_level="ERROR",
    )


def _begin_the_day(runtime: Runtime, clock: MovableClock, url: str, language: str) -> Scene:
    """Sell, write to the Gold members at ten, and let the worker do its work."""
    with runtime.database.begin(actor="staff:stf_shots") as tx:
        member = example_members(tx).gold
        set_language(tx, member_id=member, language=language)
        campaign = _plan(tx, "Gold, this week", GOLD_THIS_WEEK)
        _plan(tx, "Spring is here", SPRING)
        _activate(tx, member)
    _sell(runtime)
    _work(runtime)
    clock.move(to=MORNING - timedelta(minutes=29))
    _work(runtime)
    clock.move(to=MORNING)
    _work(runtime)
    return Scene(url, runtime, member, campaign)


def _plan(tx: Any, name: str, document: dict[str, Any]) -> CampaignId:
    """Schedule a campaign."""
    saved = draft_campaign(tx, name=name, document=document)
    schedule_campaign(tx, campaign_id=saved.campaign_id, revision=saved.revision, zone=ZONE)
    return saved.campaign_id


def _activate(tx: Any, member: MemberId) -> None:
    """Tap the first two offers that have to be tapped."""
    waiting = [one for one in member_offers(tx, member, "en") if one.activation]
    for one in waiting[:2]:
        activate_offer(tx, member_id=member, offer_id=one.offer_id)


def _sell(runtime: Runtime) -> None:
    """Sell the baskets of an early morning to members of every store."""
    with runtime.database.look() as tx:
        shops = [one.store_id for one in stores(tx)]
        shoppers = [one.member_id for one in audience_members(tx, limit=SALES_TODAY).items]
        cards = [member_card(tx, one, keys=runtime.keys).code for one in shoppers]
    for number, code in enumerate(cards):
        with runtime.database.begin(actor="terminal:shots") as tx:
            claim = _claim(tx, shops[number % len(shops)], number, code)
            commit_sale(tx, keys=runtime.keys, claim=claim, language="en")


def _claim(tx: Any, store: StoreId, number: int, code: str) -> SaleClaim:
    today = MORNING.date()
    skus = BASKETS[number % len(BASKETS)]
    lines = tuple(
        TillLine(line_no=n, quantity_milli=1000, sku=Sku(sku)) for n, sku in enumerate(skus, 1)
    )
    card = None if number % 7 == 0 else CardShown(code, EntryMode.QR)
    basket = BasketClaim(store, today, "EUR", lines, card)
    key = SaleKey(store, "caisse-1", today, 1 + number)
    return SaleClaim(key, basket, tx.now)


def _work(runtime: Runtime) -> None:
    """Do what the worker does, until nothing is left to do."""
    subscriptions = [one for plugin in PLUGINS for one in plugin.subscriptions]
    for _ in range(4):
        drain(runtime.database, subscriptions)
        for job in all_jobs():
            run_job(runtime, job, holder="shots")


def eans(runtime: Runtime, skus: tuple[str, ...]) -> list[str]:
    """Return the numbers that a scanner reads off these articles."""
    with runtime.database.look() as tx:
        return [str(article_by_sku(tx, Sku(sku)).ean) for sku in skus]
