"""A shop made for being mistreated: real time, several tills with keys, few members, many sales."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from bench.signer import Signer
from loyalty.commands import enrol_member, publish_preset, save_articles, save_category, save_store
from loyalty.kernel.access.terminals import enrol_terminal, invite_terminal, terminal_key
from loyalty.kernel.db import Database
from loyalty.kernel.settings import Mode, Settings
from loyalty.kernel.signing import Keys
from loyalty.values import ArticleFacts, Channel, Identity, MemberId, Sku, StoreId

SECRET = "only-for-tests-0123456789-abcdefghijklmnop"
STORE = "lyon-1"
ARTICLES = (
    ArticleFacts(Sku("coffee"), "Café moulu", "grocery", 499, 550),
    ArticleFacts(Sku("tea"), "Thé vert", "grocery", 350, 550),
    ArticleFacts(Sku("hamper"), "Panier garni", "grocery", 12_900, 2000),
)
"""The hamper lifts a member to Gold after some two dozen, so that levels and vouchers move too."""


@dataclass(frozen=True, slots=True)
class Ground:
    """An open shop: where it is kept, whom it knows, and the tills that may sell."""

    url: str
    cards: dict[str, MemberId]
    signers: dict[str, Signer]

    def open(self) -> Database:
        """Return the shop's database, by the real clock. The caller disposes of it."""
        return Database(self.url)


def open_ground(url: str, *, tills: int = 4, members: int = 5) -> Ground:
    """Open a shop in an empty, migrated database."""
    keys, database = Keys(SECRET), Database(url)
    try:
        with database.begin(actor="test") as tx:
            publish_preset(tx)
            save_store(tx, store_id=StoreId(STORE), name="Lyon Bellecour", city="Lyon")
            save_category(tx, category_id="grocery", name_fr="Épicerie", name_en="Grocery")
            save_articles(tx, articles=ARTICLES)
            enrolled = [_enrol(tx, keys, number) for number in range(members)]
            signers = {name: _signer(tx, keys, name) for name in _names(tills)}
    finally:
        database.dispose()
    return Ground(url, {str(one.code): one.member_id for one in enrolled}, signers)


def settings_of(ground: Ground, **changes: object) -> Settings:
    """Return the settings under which the shop's cards and keys were made."""
    chosen = {"database_url": ground.url, "cookie_secure": False} | changes
    return Settings(mode=Mode.TEST, secret_key=SECRET, **chosen)  # type: ignore[arg-type]  # names of settings


def environment_of(ground: Ground, **changes: str) -> dict[str, str]:
    """Return the same settings as the environment of a server process."""
    chosen = {"MODE": "test", "SECRET_KEY": SECRET, "DATABASE_URL": ground.url}
    return chosen | {"LOG_LEVEL": "WARNING", "COOKIE_SECURE": "false"} | changes


def _names(tills: int) -> list[str]:
    return [f"t{number}" for number in range(1, tills + 1)]


def _enrol(tx, keys: Keys, number: int):
    return enrol_member(
        tx,
        keys=keys,
        identity=Identity(given_name="Ada", email=f"ada.{number}@example.org"),
        channel=Channel.STORE,
        language="en",
        home_store_id=StoreId(STORE),
    )


def _signer(tx, keys: Keys, till: str) -> Signer:
    invited = invite_terminal(tx, store_id=STORE, till=till)
    enrol_terminal(tx, code=invited.code)
    key = terminal_key(tx, keys, terminal_id=invited.terminal_id)
    return Signer(key.key_id, base64.b64decode(key.secret))
