"""What the till's scripts must know when they start: one JSON document in the page."""

from __future__ import annotations

from typing import Any

from flask import url_for

from loyalty.kernel.access.principals import Principal
from loyalty.kernel.i18n import gettext, minor_digits
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.assets import asset
from loyalty.queries import StoreFacts, current_programme, last_sequence
from pos_adapter.pages.words import WORDS
from pos_adapter.wedge import layouts

LOCALES = {"fr": "fr-FR", "en": "en-GB"}


def boot_document(tx: Tx, *, till: Principal, shop: StoreFacts, language: str) -> dict[str, Any]:
    """Return the document. Nothing in it is secret, and nothing is about a member."""
    programme = current_programme(tx)
    today = programme.local_day(tx.now)
    last = last_sequence(tx, store_id=shop.store_id, till=till.till or "", business_on=today)
    return {
        "api": "/api/v1/till",
        "terminal_id": till.id,
        "store_id": shop.store_id,
        "store_name": shop.name,
        "till": till.till,
        "zone": str(programme.zone),
        "now": tx.now.isoformat(),
        "language": language,
        "locale": LOCALES.get(language, language),
        "currency": programme.currency,
        "minor_digits": minor_digits(programme.currency),
        "counter": {"business_on": today.isoformat(), "next_sequence": last + 1},
        "layouts": layouts(),
        "urls": {
            "sign_in": url_for("till.sign_in"),
            "join": url_for("till.join"),
            "decoder": asset("pos_adapter/vendor/zxing-wasm/es/reader/index.js"),
            "wasm": asset("pos_adapter/vendor/zxing-wasm/zxing_reader.wasm"),
            "receipt_code": url_for("till.receipt_picture", code="CODE"),
        },
        "words": {word: gettext(language, word) for word in WORDS},
    }
