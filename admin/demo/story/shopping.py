"""The shopper: her card, her offer, one tap."""

from __future__ import annotations

from typing import Any

from admin.demo.person import folded
from admin.demo.story.cast import OK, Cast, expect, ok, wait


def enrol(cast: Cast) -> str:
    """Scan the poster, fill in the form, tick the boxes."""
    poster = cast.ada.see(f"/app/poster/{cast.store_id}")
    expect(poster.status == OK and "<svg" in poster.text, "a poster with a QR code")
    form = cast.ada.see(f"/app/join?store={cast.store_id}")
    card = cast.ada.fill(
        form,
        "/app/join",
        given_name="Ada",
        email=cast.email,
        phone=cast.phone,
        consents=["email-marketing", "sms-marketing", "personal-offers"],
    )
    expect(
        card.status == OK and card.url.rstrip("/").endswith("/app"),
        f"her card, not {card.url}: {card.plain[:200]}",
    )
    return f"Ada gave a first name, an address and a number, and holds a card ({cast.email})."


def see_card(cast: Cast) -> str:
    """Look at the card: its code, drawn and written."""
    me = ok(cast.ada.call("GET", "/api/v1/me"), "her account").json
    page = cast.ada.see("/app/")
    expect(me["card"]["grouped"] in page.plain, "the letters of her code on the page")
    expect("<svg" in page.text, "her code drawn as a QR symbol")
    cast.kept.update(code=me["card"]["code"], member_id=me["member_id"])
    return f"Her card reads {me['card']['grouped']}; she has {me['points']['balance']} points."


def receive_offer(cast: Cast) -> str:
    """Wait for the offer that reaching Gold brings; it must fit what she buys."""

    def find() -> Any:
        offers = ok(cast.ada.call("GET", "/api/v1/me/offers"), "her offers").json["items"]
        return next(
            (one for one in offers if one["tier"] == "gold" and one["category"] == "cafe-the"), None
        )

    offer = wait(find, "a Gold offer on coffee, which she buys")
    page = cast.ada.see("/app/offers")
    expect(folded(offer["name"]) in page.plain, "the offer on her page")
    cast.kept["offer"] = offer
    return f"{offer['name']} - because: {offer['reason']}"


def activate(cast: Cast) -> str:
    """Tap it on the page."""
    offer = cast.kept["offer"]
    page = cast.ada.see("/app/offers")
    done = cast.ada.fill(page, f"/app/offers/{offer['offer_id']}/activation")
    expect(done.status == OK, f"her offers again: {done.status}")
    return f"One tap: {offer['name']} is active."


def points(cast: Cast) -> int:
    """Return her points, as her app tells them."""
    balance: int = ok(cast.ada.call("GET", "/api/v1/me"), "her account").json["points"]["balance"]
    return balance
