"""A desk in a shop: a till's browser, and the short words for what a cashier does with it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy import select

from loyalty.kernel.access.terminals import renew_invitation, terminals
from loyalty.models import Purchase
from tests.pos_adapter.shop import PIN, build_shop

SHOTS = os.environ.get("PALIER_SHOTS")
"""A folder for screenshots, for people who want to look."""

US_KEYS = {
    **{letter: f"Key{letter.upper()}" for letter in "abcdefghijklmnopqrstuvwxyz"},
    **{digit: f"Digit{digit}" for digit in "0123456789"},
    "]": "BracketRight",
}


class Desk:
    """The till t2 in Lyon, with Cleo behind it."""

    def __init__(self, live: Any, visit: Any, trouble: Any) -> None:
        self.live, self.visit, self.trouble = live, visit, trouble
        self.shop = build_shop(live.database, live.runtime.settings)
        self.ada_card, self.ben_card = self.shop.ada_card, self.shop.ben_card
        self.page: Any = None

    def open(self, **options: Any) -> Any:
        """Enrol a browser as the till, sign Cleo in, and show the selling screen."""
        page = self.enrol(**options)
        page.get_by_label("Cleo").check()
        page.locator("#f-pin").fill(PIN)
        page.locator("#f-pin").press("Enter")
        page.wait_for_url("**/till/")
        page.locator("#basket li").first.wait_for()
        return page

    def enrol(self, **options: Any) -> Any:
        """Make a browser the till t2."""
        page = self.page = self.visit("/till/", **options)
        page.wait_for_url("**/till/enrol**")
        page.locator("#f-code").fill(self.new_code())
        page.locator("#f-code").press("Enter")
        page.wait_for_url("**/till/sign-in")
        return page

    def new_code(self) -> str:
        """Have a manager read out a code for the till."""
        with self.live.database.begin(actor="test") as tx:
            [till] = [row for row in terminals(tx) if row.till == "t2"]
            return str(renew_invitation(tx, terminal_id=till.terminal_id).code)

    def scan(self, text: str, typed: str | None = None) -> None:
        """Scan; ``typed`` is what the layout makes of the ``text`` that a US scanner sends."""
        keys = [
            {"key": letter, "code": US_KEYS[read.lower()]}
            for read, letter in zip(text, typed or text, strict=True)
        ]
        self.page.evaluate(
            """(keys) => {
              for (const key of [...keys, {key: "Enter", code: "Enter"}]) {
                const options = {...key, bubbles: true, cancelable: true};
                document.activeElement.dispatchEvent(new KeyboardEvent("keydown", options));
              }
            }""",
            keys,
        )
        self.settle()

    def scan_with_real_keys(self, text: str) -> None:
        """Scan as a scanner on the wire does: trusted key presses, as fast as they go."""
        self.page.keyboard.type(text, delay=0)
        self.page.keyboard.press("Enter")
        self.settle()

    def settle(self) -> None:
        """Wait until the till is quiet: nothing asked, nothing drawn."""
        self.page.wait_for_timeout(100)
        self.page.wait_for_load_state("networkidle")

    def pay(self, how: str) -> None:
        """Take the payment: ``card``, or ``cash`` exactly."""
        self.page.locator("#pay-now").click()
        choice = "#pay-card" if how == "card" else "[data-cash] >> nth=0"
        self.page.locator(choice).click()
        self.page.locator(".settled").wait_for()

    def sales(self) -> list[Any]:
        """Return what was recorded."""
        with self.live.database.look() as tx:
            return list(tx.run(select(Purchase.__table__).order_by(Purchase.id)).all())

    def shot(self, name: str) -> None:
        """Keep a picture, when somebody asked for pictures."""
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{SHOTS}/{name}.png")
