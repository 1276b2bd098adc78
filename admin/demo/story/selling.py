"""The cashier: opening the till, scanning, selling, taking back."""

from __future__ import annotations

import re
from typing import Any

from admin.demo.crew import CLEO_PIN
from admin.demo.person import Answer
from admin.demo.story.cast import Cast, euros, expect, ok, sign_in
from admin.demo.story.shopping import points
from loyalty.kernel.access.principals import Role

TILL_API = "/api/v1/till"
MORNING_COFFEE = (
    ("cafe-grains-colombie-1-kg", 2),
    ("baguette-tradition", 1),
    ("frites-four-1-kg", 3),
)
HAMPERS = (("foie-gras-canard-entier-180-g", 90), ("ballotin-chocolats-assortis-500-g", 90))
"""Christmas hampers for the office: enough for Gold in one purchase."""
MORE_COFFEE = (("cafe-grains-colombie-1-kg", 3), ("the-noir-earl-grey-25-sachets", 2))
PACKETS = 3
"""How many packets of the first article of ``MORE_COFFEE`` she takes."""


def open_till(cast: Cast) -> str:
    """Invite a till in the back office, enrol the device with the code, sign the cashier in."""
    sign_in(cast.manager, Role.ADMIN)
    page = cast.manager.see("/admin/tills")
    name = f"histoire-{cast.number}"
    page = cast.manager.fill(page, "/admin/tills", store_id=cast.store_id, till=name)
    found = re.search(r"\b(\d{4}) (\d{4})\b", page.plain)
    expect(found, f"an enrolment code: {page.plain[:200]}")
    assert found
    door = cast.till.see("/till/enrol")
    names = cast.till.fill(door, "/till/enrol", code=found[1] + found[2])
    cashier = re.search(r'value="(stf_\w+)"[^>]*><span>Cl[ée]o', names.text)
    expect(cashier, f"Cléo among the cashiers: {names.plain[:200]}")
    assert cashier
    selling = cast.till.fill(names, "/till/sign-in", cashier=cashier[1], pin=CLEO_PIN)
    expect(selling.url.rstrip("/").endswith("/till"), f"the selling screen, not {selling.url}")
    cast.kept["sequence"] = 0
    return f"Cléo is at the till {name} of {cast.store_id}."


def scan(cast: Cast) -> str:
    """Scan the card: first name, tier and balance appear, no contact data."""
    answer = ok(
        ask_till(cast, "identifications", {"code": cast.kept["code"], "entry": "qr"}), "her card"
    )
    member = answer.json["member"]
    expect(member["display_name"].startswith("Ada"), "her first name")
    expect("example.org" not in answer.text, "no address on a till")
    greeting = f"{member['display_name']}, {member['level_name']}, {member['balance']} points"
    return f"The till shows {greeting}; no address, no number."


def quote(cast: Cast) -> str:
    """Quote a basket twice: the same answer, no trace, points and an offer in it."""
    asked = basket(cast, MORNING_COFFEE)
    first = ok(ask_till(cast, "quotes", asked), "a quote").json
    second = ok(ask_till(cast, "quotes", asked), "the same quote").json
    expect(first == second, "two quotes alike")
    expect(first["earned"]["points"] > 0, "points for the basket")
    expect(first["applied"], f"an offer on the basket: {first['not_applied']}")
    cast.kept["quote"] = first
    names = ", ".join(one["name"] for one in first["applied"])
    return f"{euros(first['due_minor'])} to pay, {first['earned']['points']} points; {names}."


def sell_twice(cast: Cast) -> str:
    """Commit the sale, send it again as a till does that got no answer."""
    quoted = cast.kept["quote"]
    sale = sale_of(cast, MORNING_COFFEE, quoted["quote_hash"])
    first = ok(ask_till(cast, "sales", sale), "the sale").json
    again = ok(ask_till(cast, "sales", sale), "the sale again").json
    expect(not first["replayed"] and again["replayed"], "the second recognised as the first")
    expect(again["purchase_id"] == first["purchase_id"], "one purchase")
    expect(first["balance"] == quoted["points_after"], "the balance that was quoted")
    expect(points(cast) == first["balance"], "counted once")
    cast.kept["balance"] = first["balance"]
    return f"Sent twice, counted once: {first['balance']} points."


def reach_gold(cast: Cast) -> str:
    """Buy the office's hampers: the answer to the sale already says Gold."""
    settled = ok(ask_till(cast, "sales", sale_of(cast, HAMPERS)), "the large sale").json
    expect(settled["tier_before"] == "base", f"base before, not {settled['tier_before']}")
    expect(settled["tier"]["level"] == "gold", f"Gold in the same answer, not {settled['tier']}")
    expect(
        ok(cast.ada.call("GET", "/api/v1/me"), "her account").json["tier"]["level"] == "gold",
        "Gold in her app",
    )
    return (
        f"{euros(settled['due_minor'])}: {settled['earned']['points']} points, "
        f"{len(settled['vouchers'])} vouchers, and Gold until {settled['tier']['kept_until_on']}."
    )


def use_offer(cast: Cast) -> str:
    """Buy more coffee: the Gold offer comes off, line by line."""
    settled = ok(ask_till(cast, "quotes", basket(cast, MORE_COFFEE)), "a quote").json
    offer_id = cast.kept["offer"]["offer_id"]
    used = next((one for one in settled["applied"] if one["offer_id"] == offer_id), None)
    expect(used and used["discount_minor"] > 0, f"the Gold offer applied: {settled['not_applied']}")
    assert used
    sold = ok(
        ask_till(cast, "sales", sale_of(cast, MORE_COFFEE, settled["quote_hash"])), "the sale"
    ).json
    expect(sold["discount_minor"] == used["discount_minor"], "the discount that was quoted")
    cast.kept["coffee"] = {"sale": sold, "quote": settled}
    return f"{euros(used['discount_minor'])} off coffee; she pays {euros(sold['due_minor'])}."


def bring_back(cast: Cast) -> str:
    """Bring back one packet of coffee: everything that came with it goes back."""
    coffee = cast.kept["coffee"]
    line = next(one for one in coffee["quote"]["lines"] if one["sku"] == MORE_COFFEE[0][0])
    share = sum(one["amount_minor"] for one in line["shares"])
    before = ok(cast.ada.call("GET", "/api/v1/me"), "her account").json
    back = ok(ask_till(cast, "returns", return_of(cast, line["line_no"], "1")), "the return").json
    unit, third = line["gross_minor"] // PACKETS, share // PACKETS
    expect(
        back["refund_minor"] in {unit - third, unit - third - 1},
        f"the price less its third of the offer, not {back['refund_minor']}",
    )
    after = ok(cast.ada.call("GET", "/api/v1/me"), "her account").json
    expect(
        after["points"]["balance"] - before["points"]["balance"] == back["points"], "points back"
    )
    spent = before["tier"]["spend_minor"] - after["tier"]["spend_minor"]
    expect(spent == back["refund_minor"], f"tier credit lower by the refund, not by {spent}")
    rest = ok(ask_till(cast, "returns", return_of(cast, line["line_no"], "2")), "the rest").json
    total = back["refund_minor"] + rest["refund_minor"]
    expect(total == line["paid_minor"], "two returns ending where one would")
    one = f"{euros(back['refund_minor'])} and {back['points']} points"
    return f"{one} for one packet; the other two later: {euros(total)} in all, to the cent."


def ask_till(cast: Cast, what: str, document: dict[str, Any]) -> Answer:
    """Call the till's API as its page does: with the token of the page that is open."""
    return cast.till.call("POST", f"{TILL_API}/{what}", document)


def basket(cast: Cast, articles: tuple[tuple[str, int], ...]) -> dict[str, Any]:
    """Return what the till sends for a quote."""
    return {
        "business_on": cast.business_on,
        "currency": "EUR",
        "card": {"code": cast.kept["code"], "entry": "qr"},
        "lines": [
            {"line_no": number, "sku": sku, "quantity": quantity}
            for number, (sku, quantity) in enumerate(articles, start=1)
        ],
    }


def sale_of(
    cast: Cast, articles: tuple[tuple[str, int], ...], quote_hash: str | None = None
) -> dict[str, Any]:
    """Return what the till sends for its next sale."""
    sale = basket(cast, articles) | identity(cast)
    if quote_hash:
        sale["quote_hash"] = quote_hash
    return sale


def return_of(cast: Cast, line_no: int, quantity: str) -> dict[str, Any]:
    """Return what the till sends to take back some of the coffee."""
    return identity(cast) | {
        "business_on": cast.business_on,
        "purchase_id": cast.kept["coffee"]["sale"]["purchase_id"],
        "lines": [{"line_no": line_no, "quantity": quantity}],
    }


def identity(cast: Cast) -> dict[str, Any]:
    """Return the till's own name for its next sale or return."""
    cast.kept["sequence"] += 1
    return {
        "sequence": cast.kept["sequence"],
        "occurred_at": cast.clock().isoformat().replace("+00:00", "Z"),
    }
