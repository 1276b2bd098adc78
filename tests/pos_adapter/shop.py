"""A small shop for the till's tests: two stores, five articles, three people, three tills."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from loyalty.commands import enrol_member, publish_preset, save_articles, save_category, save_store
from loyalty.kernel.access.people import take_on_staff
from loyalty.kernel.access.principals import Role
from loyalty.kernel.access.terminals import enrol_terminal, invite_terminal, terminal_key
from loyalty.kernel.cache import MemoryCache
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.signing import Keys
from loyalty.kernel.web.app_kit import build_app
from loyalty.values import (
    ArticleFacts,
    Channel,
    Identity,
    MemberId,
    SaleKey,
    Sku,
    SoldBy,
    StoreId,
)
from pos_adapter.commands import commit_sale
from pos_adapter.plugin import plugin
from pos_adapter.values import BasketClaim, CardShown, EntryMode, SaleClaim, Settled, TillLine
from tests.pos_adapter.signing import sign

COFFEE = ArticleFacts(Sku("coffee"), "Café moulu", "coffee", 499, 550, ean="3017620422003")
TEA = ArticleFacts(Sku("tea"), "Thé vert", "tea", 350, 550, ean="3263851234568")
APPLES = ArticleFacts(
    Sku("apples"), "Pommes", "fruit", 289, 550, ean="96385074", sold_by=SoldBy.WEIGHT
)
CELLAR = ArticleFacts(Sku("cellar"), "Cave à vin", "home", 299_000, 2000)
ROLL = ArticleFacts(Sku("roll"), "Petit pain", "bakery", 95, 550)
CATALOGUE = (COFFEE, TEA, APPLES, CELLAR, ROLL)
PIN = "135792"


@dataclass
class Shop:
    """A running shop: where things are, and short ways to do what tills do."""

    runtime: Runtime
    ada: MemberId
    ada_card: str
    ben: MemberId
    ben_card: str
    cleo: str
    keys_of: dict[str, Any]
    numbers: Any = field(default_factory=lambda: itertools.count(1))
    nonces: Any = field(default_factory=lambda: itertools.count(1))

    @cached_property
    def app(self):
        """Return the application with nothing in it but the till."""
        return build_app(self.runtime, (plugin,))

    @property
    def database(self):
        return self.runtime.database

    @property
    def now(self) -> datetime:
        return self.runtime.database.clock()

    @property
    def today(self) -> date:
        return self.now.date()

    def basket(self, *lines: tuple[str, int], card: str | None = None, **facts: Any) -> BasketClaim:
        """Return a basket of (sku, thousandths)."""
        shown = CardShown(card, EntryMode.QR) if card else None
        wire = tuple(
            TillLine(line_no=no, quantity_milli=milli, sku=Sku(sku))
            for no, (sku, milli) in enumerate(lines, start=1)
        )
        return BasketClaim("lyon-1", self.today, "EUR", wire, shown, **facts)

    def sale(self, basket: BasketClaim, **facts: Any) -> SaleClaim:
        """Return a sale of a basket under the next number."""
        key = facts.pop("key", None) or self.key(facts.pop("sequence", None))
        return SaleClaim(key, basket, facts.pop("occurred_at", self.now), **facts)

    def key(self, sequence: int | None = None) -> SaleKey:
        number = sequence or next(self.numbers)
        return SaleKey(StoreId("lyon-1"), "t1", self.today, number)

    def settle(self, claim: SaleClaim) -> Settled:
        """Settle a sale in a transaction of its own."""
        with self.database.begin(actor="test") as tx:
            return commit_sale(tx, keys=self.runtime.keys, claim=claim, language="en")

    def signed(self, method: str, path: str, body: Any = None, **options: Any):
        """Send a document that the till has signed; return the response."""
        data = b"" if body is None else json.dumps(body).encode()
        return self.signed_raw(method, path, data, **options)

    def signed_raw(self, method: str, path: str, data: bytes, *, till: str = "t1", **options: Any):
        """Send these very bytes, signed by the till; return the response."""
        key = self.keys_of[till]
        headers = sign(
            method,
            path,
            data,
            key_id=options.pop("key_id", key.key_id),
            secret=options.pop("secret", key.secret),
            created=options.pop("created", self.now),
            nonce=options.pop("nonce", f"nonce-{next(self.nonces)}"),
            **options,
        )
        if method == "POST":
            headers["Content-Type"] = "application/json"
        return self.app.test_client().open(path, method=method, data=data, headers=headers)

    def wire(
        self, *lines: tuple[str, Any], card: str | None = None, **facts: Any
    ) -> dict[str, Any]:
        """Return a basket as a till sends it."""
        body: dict[str, Any] = {
            "business_on": self.today.isoformat(),
            "currency": "EUR",
            "lines": [
                {"line_no": no, "sku": sku, "quantity": quantity}
                for no, (sku, quantity) in enumerate(lines, start=1)
            ],
        }
        if card:
            body["card"] = {"code": card, "entry": "qr"}
        return body | facts

    def wire_sale(self, *lines: tuple[str, Any], **facts: Any) -> dict[str, Any]:
        """Return a sale as a till sends it, under the next number."""
        identity = {"sequence": next(self.numbers), "occurred_at": self.now.isoformat()}
        return self.wire(*lines, **(identity | facts))


def build_shop(database, settings) -> Shop:
    """Open a shop on an empty, migrated database."""
    keys = Keys(settings.secret_key)
    runtime = Runtime(settings=settings, database=database, keys=keys, cache=MemoryCache())
    with database.begin(actor="test") as tx:
        publish_preset(tx)
        for store_id, name in (("lyon-1", "Lyon Bellecour"), ("lyon-2", "Lyon Part-Dieu")):
            save_store(tx, store_id=StoreId(store_id), name=name, city="Lyon")
        for category in ("coffee", "tea", "fruit", "home", "bakery"):
            save_category(tx, category_id=category, name_fr=category, name_en=category)
        save_articles(tx, articles=CATALOGUE)
        people = [
            enrol_member(
                tx,
                keys=keys,
                identity=Identity(given_name=given, family_name=family, email=email, phone=phone),
                channel=Channel.STORE,
                language="en",
                home_store_id=StoreId("lyon-1"),
            )
            for given, family, email, phone in (
                ("Ada", "Lovelace", "ada@example.org", "+33612345678"),
                ("Ben", "Okri", "ben@example.org", "+33612345679"),
            )
        ]
        cleo = take_on_staff(
            tx, name="Cleo", role=Role.CASHIER, pin=PIN, store_id="lyon-1", language="fr"
        )
        terminals = {}
        for store_id, till in (("lyon-1", "t1"), ("lyon-1", "t2"), ("lyon-2", "t1b")):
            invited = invite_terminal(tx, store_id=store_id, till=till)
            if till != "t2":
                enrol_terminal(tx, code=invited.code)
                terminals[till] = terminal_key(tx, keys, terminal_id=invited.terminal_id)
    return Shop(
        runtime=runtime,
        ada=people[0].member_id,
        ada_card=people[0].code,
        ben=people[1].member_id,
        ben_card=people[1].code,
        cleo=cleo.staff_id,
        keys_of=terminals,
    )
