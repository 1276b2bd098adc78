"""Identify, quote and commit through HTTP on PostgreSQL, beside bare Flask and TPC-B.

All on one machine in one run: the load, the web server and the database share its cores. CPU time
per call is the figure that survives noise; requests a second are for comparing rows of one run.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import select

from admin.demo.catalogue import load_articles, load_shop
from admin.demo.promotions import offer_documents
from bench.ground import Ground, durable_postgres, tpc_b
from bench.load import Measured, Request, measure
from bench.signer import Signer
from bench.web import SERVERS, cpu_seconds, serving
from loyalty.commands import (
    enrol_member,
    publish_preset,
    save_articles,
    save_category,
    save_store,
)
from loyalty.kernel.access.terminals import enrol_terminal, invite_terminal, signing_secret
from loyalty.kernel.db import Database
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.models import Card
from loyalty.values import ArticleFacts, Channel, Identity, StoreId
from offers.commands import draft_offer, launch_offer

SECRET = "only-for-benchmarks-0123456789-abcdefghij"  # noqa: S105 - of a database thrown away
TILLS = 600
"""So many that no till scans more than its sixty cards a minute."""
LINES = 5
API = "/api/v1/till"


@dataclass(frozen=True, slots=True)
class Shop:
    """What the load needs to know of the seeded shop."""

    store_id: str
    today: date
    signers: list[Signer]
    tills: list[str]
    codes: list[str]
    lookups: list[str]
    skus: list[str]


def main(words: list[str]) -> None:
    """Measure every server on the same database and print one table a server."""
    parser = argparse.ArgumentParser(prog="bench till", description=__doc__)
    parser.add_argument("--members", type=int, default=5_000)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--server", choices=[*SERVERS, "all"], default="all")
    options = parser.parse_args(words)
    with durable_postgres() as ground:
        shop = _seed(ground, options.members)
        yardstick = tpc_b(ground, clients=8, seconds=int(options.seconds))
        print(f"pgbench TPC-B, 8 clients: {yardstick.per_second:,.0f} tx/s\n")
        for server in SERVERS if options.server == "all" else [options.server]:
            _run(server, ground, shop, options, yardstick.per_second)


def _run(
    server: str, ground: Ground, shop: Shop, options: argparse.Namespace, tx_per_second: float
) -> None:
    environ = {"DATABASE_URL": ground.url, "SECRET_KEY": SECRET, "MODE": "test"}
    print(f"{server}, 2 workers, {options.connections} connections")
    print(f"  {'call':<26}{'req/s':>8}{'p50 ms':>8}{'p95 ms':>8}{'p99 ms':>8}{'CPU us':>8}"
          f"{'x bare':>8}{'x TPC-B':>9}")  # fmt: skip
    with serving(server, "bench.bare:app", environ) as (port, pid):
        bare, bare_cpu = _timed(port, pid, _reads(shop), options)
        _print("bare Flask, indexed read", bare, bare_cpu, bare_cpu, tx_per_second)
    with serving(server, "admin.wsgi:app", environ) as (port, pid):
        for name, requests_of in (
            ("identify", _identifications(shop)),
            (f"quote, {LINES} lines", _quotes(shop)),
            (f"commit, {LINES} lines", _sales(shop, start=os.getpid())),
        ):
            measured, cpu = _timed(port, pid, requests_of, options)
            _print(name, measured, cpu, bare_cpu, tx_per_second)
    print()


def _timed(
    port: int,
    pid: int,
    requests_of: Callable[[int], Iterator[Request]],
    options: argparse.Namespace,
) -> tuple[Measured, float]:
    """Return what a run measured, and the server's CPU microseconds a call."""
    measure(port, requests_of, connections=options.connections, seconds=1.0)
    before = cpu_seconds(pid)
    measured = measure(port, requests_of, connections=options.connections, seconds=options.seconds)
    return measured, (cpu_seconds(pid) - before) * 1e6 / max(1, measured.requests)


def _print(name: str, one: Measured, cpu: float, bare_cpu: float, tx_per_second: float) -> None:
    refused = f"  {one.refused} refused" if one.refused else ""
    print(
        f"  {name:<26}{one.per_second:>8,.0f}{one.p50:>8.1f}{one.p95:>8.1f}{one.p99:>8.1f}"
        f"{cpu:>8,.0f}{cpu / bare_cpu:>8.2f}{one.per_second / tx_per_second:>9.2f}{refused}"
    )


def _seed(ground: Ground, members: int) -> Shop:
    """Open a shop with ``members`` members, ``TILLS`` tills, 400 articles and the demo's offers."""
    keys, database = Keys(SECRET), Database(ground.url)
    today = datetime.now(UTC).date()
    store = load_shop().stores[0]
    with database.begin(actor="bench") as tx:
        _open(tx, today)
        tills = [f"b{number}" for number in range(TILLS)]
        signers = [_enrol(tx, keys, StoreId(store.id), till) for till in tills]
    codes: list[str] = []
    for start in range(0, members, 500):
        with database.begin(actor="bench") as tx:
            codes += [
                _member(tx, keys, store.id, n) for n in range(start, min(start + 500, members))
            ]
    with database.look() as tx:
        lookups = list(tx.run(select(Card.lookup).limit(1_000)).scalars())
    database.dispose()
    skus = [str(article.sku) for article in load_articles() if article.sold_by == "unit"]
    return Shop(store.id, today, signers, tills, codes, lookups, skus)


def _open(tx: Tx, today: date) -> None:
    shop = load_shop()
    publish_preset(tx)
    for store in shop.stores:
        save_store(tx, store_id=store.id, name=store.name, city=store.city, zone=shop.zone)
    for category in shop.categories:
        save_category(
            tx, category_id=category.id, name_fr=category.name_fr, name_en=category.name_en
        )
    save_articles(tx, articles=[_facts(article) for article in load_articles()])
    for document in offer_documents(today):
        launch_offer(tx, offer_id=draft_offer(tx, document=document).offer_id)


def _facts(article: object) -> ArticleFacts:
    names = ArticleFacts.__dataclass_fields__
    return ArticleFacts(
        **{name: getattr(article, name) for name in names if hasattr(article, name)}
    )


def _enrol(tx: Tx, keys: Keys, store_id: StoreId, till: str) -> Signer:
    invited = invite_terminal(tx, store_id=store_id, till=till)
    terminal_id = enrol_terminal(tx, code=invited.code)
    key_id = f"{terminal_id}.2"
    return Signer(key_id, signing_secret(keys, key_id))


def _member(tx: Tx, keys: Keys, store_id: str, number: int) -> str:
    enrolled = enrol_member(
        tx,
        keys=keys,
        identity=Identity(given_name="Ada", email=f"bench{number}@example.org"),
        channel=Channel.IMPORT,
        language="fr",
        home_store_id=StoreId(store_id),
    )
    return str(enrolled.code)


def _pick(salt: str, number: int, choices: list[str]) -> str:
    """Return a choice that is spread evenly and the same every time."""
    digest = hashlib.blake2s(f"{salt}{number}".encode(), digest_size=8).digest()
    return choices[int.from_bytes(digest, "big") % len(choices)]


def _reads(shop: Shop) -> Callable[[int], Iterator[Request]]:
    def requests_of(connection: int) -> Iterator[Request]:
        number = connection * 1_000_003
        while True:
            number += 1
            body = json.dumps({"lookup": _pick("read", number, shop.lookups)}).encode()
            yield "POST", "/read", body, {"Content-Type": "application/json"}

    return requests_of


def _identifications(shop: Shop) -> Callable[[int], Iterator[Request]]:
    def make(number: int) -> tuple[str, dict[str, object]]:
        return "identifications", {"code": _pick("card", number, shop.codes), "entry": "qr"}

    return _signed(shop, make)


def _quotes(shop: Shop) -> Callable[[int], Iterator[Request]]:
    return _signed(shop, lambda number: ("quotes", _basket(shop, number)))


def _sales(shop: Shop, *, start: int) -> Callable[[int], Iterator[Request]]:
    def make(number: int) -> tuple[str, dict[str, object]]:
        now = datetime.now(UTC)
        sequence = now.hour * 10**7 + now.minute * 10**5 + number % 10**5 + start % 7
        identity = {"sequence": sequence, "occurred_at": now.isoformat().replace("+00:00", "Z")}
        return "sales", _basket(shop, number) | identity

    return _signed(shop, make)


def _basket(shop: Shop, number: int) -> dict[str, object]:
    lines = [
        {"line_no": n + 1, "sku": _pick(f"line{n}", number, shop.skus), "quantity": 1 + n % 3}
        for n in range(LINES)
    ]
    card = {"code": _pick("card", number, shop.codes), "entry": "qr"}
    return {"business_on": shop.today.isoformat(), "currency": "EUR", "card": card, "lines": lines}


def _signed(
    shop: Shop, make: Callable[[int], tuple[str, dict[str, object]]]
) -> Callable[[int], Iterator[Request]]:
    """Sign each request with another till of the connection's own share of tills."""

    def requests_of(connection: int) -> Iterator[Request]:
        mine = shop.signers[connection::8]
        number = connection * 1_000_003
        while True:
            number += 1
            what, document = make(number)
            path, body = f"{API}/{what}", json.dumps(document).encode()
            signer = mine[number % len(mine)]
            yield "POST", path, body, signer.headers("POST", path, body)

    return requests_of
