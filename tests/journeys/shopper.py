"""A shop with an app, and the short words for what a shopper does on her phone."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

from loyalty.commands import enrol_member, publish_preset, record_purchase, save_store
from loyalty.kernel.access.principals import PrincipalKind
from loyalty.kernel.access.sessions import start_session
from loyalty.queries import cards_of, sign_in_link, vouchers_of
from loyalty.values import Channel, Identity, MemberId, StoreId
from tests.loyalty.world import line, sale

SHOTS = os.environ.get("PALIER_SHOTS")
"""A folder for screenshots, for people who want to look."""

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 800}
PUBLIC = ("/app/join?store=lyon-1", "/app/sign-in", "/app/rules", "/app/poster/lyon-1")
OWN = (
    "/app/",
    "/app/vouchers",
    "/app/points",
    "/app/rewards",
    "/app/level",
    "/app/me",
    "/app/pocket",
)
PATIENCE_MS, ASK_EVERY_MS = 20_000, 50
IS_KEPT = """async () => {
  const pocket = await caches.open("palier-app-pocket");
  return (await pocket.keys()).map((request) => new URL(request.url).pathname);
}"""


class Shop:
    """One grocer: Lyon, a programme in force, and members with a past."""

    def __init__(self, live: Any) -> None:
        self.live = live
        with live.database.begin(actor="test") as tx:
            publish_preset(tx, effective_from=live.clock() - timedelta(days=500))
            save_store(tx, store_id=StoreId("lyon-1"), name="Lyon Bellecour", city="Lyon")

    def enrol(self, name: str, family_name: str = "", *, language: str = "en") -> MemberId:
        """Enrol a member who can be written to."""
        with self.live.database.begin(actor="test") as tx:
            return enrol_member(
                tx,
                keys=self.live.keys,
                identity=Identity(name, family_name, f"m{tx.new_id('x')}@example.org"),
                channel=Channel.STORE,
                language=language,
                home_store_id=None,
            ).member_id

    def sell(self, member_id: MemberId, *prices: int) -> None:
        """Sell something to her, one purchase a price, the last one today."""
        for days_ago, price in enumerate(reversed(prices)):
            at = self.live.clock() - timedelta(days=9 * days_ago)
            with self.live.database.begin(actor="test") as tx:
                basket = sale(member_id, line(price=price), occurred_at=at)
                record_purchase(tx, keys=self.live.keys, sale=basket)

    def regular(self, *, language: str = "en") -> MemberId:
        """Enrol a Gold member with a history and vouchers."""
        member_id = self.enrol("Ada", "Lefèvre", language=language)
        self.sell(member_id, 2_990, 280_000, 4_210, 41_000)
        return member_id

    def code(self, member_id: MemberId) -> str:
        """Return the letters of her card."""
        with self.live.database.look() as tx:
            return cards_of(tx, member_id, keys=self.live.keys)[0].code

    def voucher_codes(self, member_id: MemberId) -> list[str]:
        """Return the letters of her vouchers."""
        with self.live.database.look() as tx:
            return [one.code for one in vouchers_of(tx, member_id, keys=self.live.keys)]

    def link(self, member_id: MemberId) -> str:
        """Return the link that a message would bring her."""
        with self.live.database.begin(actor="test") as tx:
            return sign_in_link(
                tx,
                keys=self.live.keys,
                public_url=self.live.url,
                member_id=member_id,
                request_id=tx.new_id("sgn"),
            )

    def sign_in(self, context: Any, member_id: MemberId) -> None:
        """Put a session of hers into a browser."""
        with self.live.database.begin(actor="test") as tx:
            session = start_session(tx, kind=PrincipalKind.MEMBER, subject_id=member_id)
        cookie = {"name": "palier-member", "value": session.token, "url": self.live.url}
        context.add_cookies([cookie])


def letters(page: Any) -> str:
    """Return the letters beneath the code, put together."""
    shown: list[str] = page.locator("#card-code .qr__letters span").all_inner_texts()
    return "".join(shown)


def wait_until_kept(page: Any) -> None:
    """Wait until the phone has put the card into its pocket."""
    until(page, f"async () => (await ({IS_KEPT})()).length === 1")
    until(page, "() => navigator.serviceWorker.controller?.state === 'activated'")


def until(page: Any, script: str) -> None:
    """Wait until a script answers with something true; a promise is waited for."""
    for _ in range(PATIENCE_MS // ASK_EVERY_MS):
        if page.evaluate(script):
            return
        page.wait_for_timeout(ASK_EVERY_MS)
    message = f"never came true: {script}"
    raise AssertionError(message)


def shoot(page: Any, name: str) -> None:
    """Keep a screenshot, when somebody asked for them."""
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{SHOTS}/shopper-{name}.png", full_page=True)
