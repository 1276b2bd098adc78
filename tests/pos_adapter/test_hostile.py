"""Sixty things that are not what a field wants, in every field of every call: refused, unharmed."""

import copy
import json

import pytest

from tests.pos_adapter.looking import postings, purchases
from tests.pos_adapter.web import API

SCALARS = [
    *("NaN", "Infinity", "-Infinity", "1e400", "-1e400", "1e-400", "0.1", "-0.0", "1.0", "1e2"),
    *("9223372036854775807", "9223372036854775808", "-9223372036854775809", "1" + "0" * 30),
    *("9" * 5000, "-1", "00", "0x10", "1_000", "+1", "--1", "null", "true", "false"),
    *("[]", "{}", "[[]]", '{"a": 1}', "[null]", '""', '" "', '"\\u0000"', '"a\\u0000b"'),
    *('"\\ud800"', '"\\udfff"', '"\\ud83d"', '"\\u202e"', '"\\u2066"', '"\\ufeff"', '"\\u200b"'),
    *(
        '"é"',
        '"e\\u0301"',
        '"٣"',
        '"\\uff11"',
        '"NaN"',
        '"1e3"',
        '"1,5"',
        '"-1"',
        '"0"',
        '"1.0000"',
    ),
    *('"2026-02-30"', '"0000-00-00"', '"9999-12-31T23:59:59Z"', '"2026-03-10T09:30:00"'),
    *('"<script>alert(1)</script>"', '"\'; DROP TABLE purchases; --"', '"${7*7}"', '"{{7*7}}"'),
    *(
        '"../../etc/passwd"',
        '"' + "x" * 100_000 + '"',
        '"' + "é" * 300 + '"',
        "{" * 200 + "}" * 200,
    ),
    *('{"a": 1, "a": 2}', "", "'single'", "undefined"),
]
"""As they stand in the body: JSON and what only looks like it."""


def places(document, path=()):
    """Yield the path of every value of a document, containers included."""
    if path:
        yield path
    items = document.items() if isinstance(document, dict) else enumerate(document)
    for key, value in items if isinstance(document, dict | list) else ():
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))
        else:
            yield (*path, key)


def spoiled(document, path, text):
    """Return the document as JSON text with ``text`` in the place of one value."""
    marked = copy.deepcopy(document)
    inner = marked
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = "@@here@@"
    return json.dumps(marked).replace('"@@here@@"', text).encode()


def requests_of(shop):
    """Return a good body for each call that takes one."""
    sale = shop.wire_sale(
        ("coffee", 1),
        card=shop.ada_card,
        store_id="lyon-1",
        till="t1",
        tenders=[{"kind": "card", "amount_minor": 499}],
        vouchers=["X"],
        quote_hash="q1",
    )
    sale["lines"][0] |= {
        "kind": "article",
        "own": {"name": "A", "unit_price_minor": 1, "tax_bp": 0},
    }
    back = {
        "business_on": shop.today.isoformat(),
        "sequence": 1,
        "occurred_at": shop.now.isoformat(),
        "sale": {
            "store_id": "lyon-1",
            "till": "t1",
            "business_on": shop.today.isoformat(),
            "sequence": 1,
        },
        "lines": [{"line_no": 1, "quantity": 1}],
    }
    quote = {k: v for k, v in sale.items() if k in {"business_on", "currency", "lines", "card"}}
    return {
        "identifications": {"code": shop.ada_card, "entry": "qr"},
        "quotes": quote,
        "sales": sale,
        "returns": back,
    }


@pytest.mark.slow
@pytest.mark.parametrize("call", ["identifications", "quotes", "sales", "returns"])
def test_nothing_hostile_gets_past_a_field_or_breaks_it(quick_shop, call, monkeypatch):
    """Every answer is a whole document, never our mistake; what is refused leaves nothing."""
    shop = quick_shop
    monkeypatch.setattr("pos_adapter.callers.MISSES", 10**9)
    monkeypatch.setattr("pos_adapter.callers.SCANNED_PER_MINUTE", 10**9)
    body, statuses = requests_of(shop)[call], []
    for path in places(body):
        for text in SCALARS:
            response = shop.signed_raw("POST", f"{API}/{call}", spoiled(body, path, text))
            statuses.append(response.status_code)
            assert response.status_code < 500, (path, text[:60])
            if response.status_code >= 400:
                assert response.content_type == "application/problem+json", (path, text[:60])
                assert response.get_json()["status"] == response.status_code

    assert len(statuses) == len(list(places(body))) * len(SCALARS)
    assert sum(status >= 400 for status in statuses) > 0.8 * len(statuses)
    if call != "sales":
        assert purchases(shop) == postings(shop) == 0


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b'"x"', b"1", b"{", b"\xff\xfe", b'{"a": 1}', b"{}" * 2]
)
@pytest.mark.parametrize("call", ["identifications", "quotes", "sales", "returns"])
def test_a_body_that_is_no_document_is_refused(quick_shop, call, body):
    response = quick_shop.signed_raw("POST", f"{API}/{call}", body)

    assert response.status_code in {400, 422}
    assert response.content_type == "application/problem+json"
