"""A whole till in one file: identify, quote, sell, and take back, with signed requests.

Needs only the standard library. Run it against a demo that is being served:

    loyalty tills enrol lyon-part-dieu ma-caisse --key      # prints key_id and secret
    PALIER_URL=http://127.0.0.1:8000 PALIER_KEY_ID=... PALIER_SECRET=... \
        python3 docs/how-to/till_client.py CARD_CODE
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import sys
import time
from datetime import UTC, datetime
from urllib.error import HTTPError
from urllib.request import Request, urlopen

BASE = os.environ["PALIER_URL"]
KEY_ID = os.environ["PALIER_KEY_ID"]
SECRET = base64.b64decode(os.environ["PALIER_SECRET"])


def call(method, path, document):
    """Send one signed request (RFC 9421, hmac-sha256) and return the status and the answer."""
    body = json.dumps(document).encode()
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
    parameters = (
        f'("@method" "@path" "content-digest");created={int(time.time())}'
        f';keyid="{KEY_ID}";nonce="{secrets.token_hex(16)}";alg="hmac-sha256"'
    )
    signed = (
        f'"@method": {method}\n"@path": {path}\n"content-digest": {digest}\n'
        f'"@signature-params": {parameters}'
    )
    mac = base64.b64encode(hmac.digest(SECRET, signed.encode(), "sha256")).decode()
    request = Request(BASE + path, data=body, method=method)
    request.add_header("Content-Type", "application/json")
    request.add_header("Content-Digest", digest)
    request.add_header("Signature-Input", f"sig={parameters}")
    request.add_header("Signature", f"sig=:{mac}:")
    try:
        with urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except HTTPError as refusal:  # every refusal is problem+json: type, title, detail, facts
        with refusal:
            return refusal.code, json.load(refusal)


def must(status_and_answer):
    """Return the answer, or stop with the refusal's own sentence."""
    status, answer = status_and_answer
    if status >= 400:
        sys.exit(f"{status} {answer['title']}: {answer['detail']} {answer.get('errors', '')}")
    return answer


def main(card_code):
    """Serve one shopper from the scan to the return."""
    today = datetime.now(UTC).date().isoformat()
    card = {"code": card_code, "entry": "qr"}

    who = must(call("POST", "/api/v1/till/identifications", card))["member"]
    print(f"{who['display_name']}, {who['level_name']}, {who['balance']} points")

    basket = {
        "business_on": today,
        "currency": "EUR",
        "card": card,
        "lines": [
            {"line_no": 1, "sku": "cafe-grains-colombie-1-kg", "quantity": 2},
            {"line_no": 2, "sku": "baguette-tradition", "quantity": 1},
        ],
    }
    quote = must(call("POST", "/api/v1/till/quotes", basket))
    print(f"quote: {quote['due_minor']} cents, {quote['earned']['points']} points")

    # The till's own name for the sale: store and till come with the key, the rest is yours.
    # Keep it, and send the very same sale again whenever an answer was lost.
    sale = basket | {
        "sequence": int(time.time()) % 100_000_000,
        "occurred_at": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        "quote_hash": quote["quote_hash"],
        "tenders": [{"kind": "card", "amount_minor": quote["due_minor"]}],
    }
    first = must(call("POST", "/api/v1/till/sales", sale))
    again = must(call("POST", "/api/v1/till/sales", sale))
    print(f"sold: {first['purchase_id']}, balance {first['balance']}; again: {again['replayed']}")

    back = must(
        call(
            "POST",
            "/api/v1/till/returns",
            {
                "business_on": today,
                "sequence": sale["sequence"] + 1,
                "occurred_at": sale["occurred_at"],
                "purchase_id": first["purchase_id"],
                "lines": [{"line_no": 1, "quantity": 1}],
            },
        )
    )
    print(f"returned: {back['refund_minor']} cents back, {back['points']} points")


if __name__ == "__main__":
    main(sys.argv[1])
