"""The ground of the back office's tests: a small shop with a history, and desks to work at."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import timedelta
from html import unescape

from sqlalchemy import select

from admin.app import create_app
from loyalty.commands import (
    ask_what_if,
    begin_draft,
    publish_preset,
    publish_survey,
    record_consent,
    record_purchase,
    record_return,
    save_articles,
    save_category,
    save_store,
)
from loyalty.kernel.access.people import take_on_staff
from loyalty.kernel.access.principals import PrincipalKind, Role
from loyalty.kernel.access.sessions import start_session
from loyalty.kernel.access.terminals import enrol_terminal, invite_terminal
from loyalty.kernel.audit import AuditEntry
from loyalty.kernel.cache import MemoryCache
from loyalty.kernel.db import Database
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.settings import Settings
from loyalty.queries import member_card, read_programme
from loyalty.values import (
    ArticleFacts,
    Channel,
    ConsentGiven,
    DraftId,
    MemberId,
    OfferShare,
    PurchaseId,
    Purpose,
    Sku,
    StoreId,
)
from offers.commands import draft_offer, launch_offer
from offers.values import OfferId
from tests.loyalty.pages.phone import Phone
from tests.loyalty.world import KEYS, enrol, line, returned, sale

PASSWORD = "correct horse battery"
STAFF_COOKIE = "palier-staff"
OFFER = {
    "id": "coffee-at-half-price",
    "name": {"fr": "Le café à moitié prix", "en": "Coffee at half price"},
    "kind": "percent",
    "percent": "50",
    "applies_to": "line",
    "category": "coffee",
}

RULES_TEXT = """\
name: tiny
currency: EUR
wallets: {points: {unit: point}}
earn:
  - {id: base, points: 1, per: amount, amount: "1.00"}
examples:
  - example: a point a euro
    members: {ada: {}}
    steps:
      - at: 2026-03-06 10:00
        purchase: {member: ada, lines: [{price: "12.50", tax: 20}]}
        expect: {earned: {points: 12}}
"""


LONG_AGO = """\
id: long-ago
name: Long ago
from: 2020-01-01
until: 2020-01-31
questions: [{id: again, asks: nps, text: Would you recommend us?}]
"""
"""A survey that has ended: it asks nobody any more."""


@dataclass
class Office:
    """A back office with a shop behind it: Ada has a history, Ben has only a card."""

    runtime: Runtime
    ada: MemberId
    ben: MemberId
    purchase: PurchaseId
    offer: OfferId
    draft: DraftId
    lyon_till: str
    paris_till: str
    replay: str

    def __post_init__(self) -> None:
        self.app = create_app(self.runtime)

    @property
    def database(self) -> Database:
        return self.runtime.database

    def stranger(self) -> Phone:
        """Return a browser in which nobody is signed in."""
        return Phone(self.app)

    def desk(self, role: Role = Role.ADMIN, *, store: str | None = None, name="Dora Weiss"):
        """Return the browser of somebody with this role, signed in."""
        with self.database.begin(actor="test") as tx:
            person = take_on_staff(tx, name=name, role=role, store_id=store)
            session = start_session(tx, kind=PrincipalKind.STAFF, subject_id=person.staff_id)
        phone = Phone(self.app)
        phone.client.set_cookie(STAFF_COOKIE, session.token)
        return phone

    def employ(self, email: str, role: Role = Role.ADMIN, *, password: str = PASSWORD) -> str:
        """Take somebody on who signs in by herself; return her id."""
        with self.database.begin(actor="test") as tx:
            person = take_on_staff(tx, name="Dora", role=role, email=email, password=password)
            return person.staff_id

    def audited(self, *actions: str) -> list[tuple[str, str]]:
        """Return what stands in the audit trail of these actions: action and subject."""
        with self.database.look() as tx:
            rows = tx.run(select(AuditEntry.action, AuditEntry.subject).order_by(AuditEntry.seq))
            return [(row.action, row.subject) for row in rows if row.action in actions]

    def cards(self, member_id: MemberId):
        """Return the newest card of a member."""
        with self.database.look() as tx:
            return member_card(tx, member_id, keys=KEYS)


@dataclass(frozen=True)
class Furniture:
    """What stands in a furnished shop, by id."""

    ada: MemberId
    ben: MemberId
    purchase: PurchaseId
    offer: OfferId
    draft: DraftId
    lyon_till: str
    paris_till: str
    replay: str


def open_office(database: Database, settings: Settings, furniture: Furniture) -> Office:
    """Open the back office of a shop that was furnished before."""
    runtime = Runtime(settings=settings, database=database, keys=KEYS, cache=MemoryCache())
    return Office(runtime, **asdict(furniture))


def furnish(database: Database) -> Furniture:
    """Open the shop and let Ada buy, climb, return and be offered something."""
    with database.begin(actor="staff:stf_opening") as tx:
        publish_preset(tx)
        for store, name in (("lyon-1", "Lyon Bellecour"), ("paris-2", "Paris Bastille")):
            save_store(tx, store_id=StoreId(store), name=name, city=name.split()[0])
        _stock(tx)
        tills = [_till(tx, store) for store in ("lyon-1", "paris-2")]
        offer = launch_offer(tx, offer_id=draft_offer(tx, document=OFFER).offer_id).offer_id
        ada = enrol(
            tx, "Ada", family_name="Lovelace", email="ada@example.org", phone="+33639981234"
        ).member_id
        ben = enrol(tx, "Ben", family_name="Ngo").member_id
        _consent(tx, ada)
        draft = begin_draft(tx, name="tiny", text=RULES_TEXT)
        rules, today = read_programme(RULES_TEXT), tx.now.date()
        publish_survey(tx, text=LONG_AGO)
        replay = ask_what_if(tx, document=rules, name="tiny", first_on=today, last_on=today)
    purchase = _history(database, ada, offer)
    return Furniture(ada, ben, purchase, offer, draft, tills[0], tills[1], replay)


def words(page: str) -> str:
    """Return what a person reads of a page, spaces folded to one ordinary kind."""
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def _stock(tx) -> None:
    save_category(tx, category_id="coffee", name_fr="Café", name_en="Coffee")
    save_category(tx, category_id="bakery", name_fr="Boulangerie", name_en="Bakery")
    articles = [("espresso", "coffee", 400), ("bread", "bakery", 120)]
    save_articles(
        tx,
        articles=[
            ArticleFacts(Sku(sku), sku.title(), category, price, 550)
            for sku, category, price in articles
        ],
    )


def _till(tx, store: str) -> str:
    return enrol_terminal(tx, code=invite_terminal(tx, store_id=store, till="t1").code)


def _consent(tx, member_id: MemberId) -> None:
    for purpose, granted in ((Purpose.PERSONAL_OFFERS, True), (Purpose.SMS_MARKETING, False)):
        given = ConsentGiven(purpose, granted, "May we?", 1, "en")
        record_consent(
            tx, member_id=member_id, given=given, channel=Channel.WEB, source=f"test:{purpose}"
        )


def _history(database: Database, ada: MemberId, offer: OfferId) -> PurchaseId:
    """Sell a coffee with an offer and a hamper that lifts Ada to Gold; take a coffee back."""
    now = database.clock()
    coffee = line(
        1,
        price=400,
        quantity_milli=2000,
        sku="espresso",
        category="coffee",
        shares=(OfferShare(offer, 400, (200, 200)),),
    )
    with database.begin(actor="till") as tx:
        first = record_purchase(
            tx, keys=KEYS, sale=sale(ada, coffee, occurred_at=now - timedelta(days=8))
        )
        record_purchase(
            tx,
            keys=KEYS,
            sale=sale(ada, line(price=310_000), occurred_at=now - timedelta(days=1)),
        )
        record_purchase(tx, keys=KEYS, sale=sale(None, line(price=250), occurred_at=now))
        back = returned(first.purchase_id, (1, 1000), occurred_at=now - timedelta(days=2))
        record_return(tx, returned=back)
    return first.purchase_id
