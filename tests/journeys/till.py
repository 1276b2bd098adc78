"""A desk in a shop: a till's browser, and the short words for what a cashier does with it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy import select

from loyalty.kernel.access.sessions import staffed_by
from loyalty.kernel.access.terminals import (
    enrol_terminal,
    open_till,
    renew_invitation,
    terminals,
)
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

    def open(self, path: str = "/till/", **options: Any) -> Any:
        """Show a page of the till: its browser enrolled, Cleo signed in."""
        with self.live.database.begin(actor="test") as tx:
            terminal_id = enrol_terminal(tx, code=self._new_code(tx))
            session = open_till(tx, terminal_id=terminal_id)
            staffed_by(tx, token=session.token, staff_id=self.shop.cleo)
        cookie = {"name": "palier-terminal", "value": session.token, "url": self.live.url}
        self.page = self.visit(path, cookies=[cookie], **options)
        self.settle()
        return self.page

    def new_code(self) -> str:
        """Have a manager read out a code for the till."""
        with self.live.database.begin(actor="test") as tx:
            return self._new_code(tx)

    def _new_code(self, tx: Any) -> str:
        [till] = [row for row in terminals(tx) if row.till == "t2"]
        return str(renew_invitation(tx, terminal_id=till.terminal_id).code)

    def sign_in(self) -> Any:
        """Sign Cleo in with her PIN."""
        page = self.page
        page.get_by_label("Cleo").check()
        page.locator("#f-pin").fill(PIN)
        page.locator("#f-pin").press("Enter")
        page.wait_for_url("**/till/")
        self.settle()
        return page

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
        """Wait until the till is quiet: nothing scanned, asked or drawn any more."""
        self.page.wait_for_timeout(40)
        self.page.locator(".till[aria-busy=true]").wait_for(state="hidden")

    def pay(self, how: str) -> None:
        """Take the payment: ``card``, or ``cash`` exactly."""
        self.page.locator("#pay-now").click()
        choice = "#pay-card" if how == "card" else "[data-cash] >> nth=0"
        self.page.locator(choice).click()
        self.page.locator(".settled").wait_for()

    def sales(self) -> list[Any]:
        """Return what was recorded, by till and number."""
        with self.live.database.look() as tx:
            return list(
                tx.run(select(Purchase.__table__).order_by(Purchase.till, Purchase.sequence)).all()
            )

    def shot(self, name: str) -> None:
        """Keep a picture, when somebody asked for pictures."""
        if SHOTS:
            Path(SHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{SHOTS}/{name}.png")
