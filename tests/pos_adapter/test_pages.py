"""What the till's pages bring along: words in both languages, scripts, foreign code with papers."""

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

import pos_adapter
from loyalty.kernel.access.people import take_on_staff
from loyalty.kernel.access.principals import Role
from loyalty.kernel.i18n import gettext
from pos_adapter.pages.words import WORDS
from tests.pos_adapter.shop import PIN
from tests.pos_adapter.web import browser_till

STATIC = Path(pos_adapter.__file__).parent / "pages" / "static"
TEXT = r'"((?:[^"\\]|\\.)*)"'


def words_of(script):
    """Return the messages that a script shows."""
    found = set(re.findall(rf"\bt\(\s*{TEXT}", script))
    found |= set(re.findall(rf"[?:] t\(\s*{TEXT}", script))
    for one, many in re.findall(rf"\btn\(\s*{TEXT},\s*{TEXT}", script):
        found |= {one, many}
    states = re.search(r"const STATES = \{(.*?)\};", script, re.DOTALL)
    if states:
        found |= set(re.findall(rf":\s*{TEXT}", states[1])) - {""}
    return {json.loads(f'"{word}"') for word in found}


def test_the_page_hands_over_exactly_the_words_that_its_scripts_show():
    shown = set().union(*(words_of(path.read_text("utf-8")) for path in STATIC.glob("*.js")))

    assert len(shown) > 100
    assert shown == set(WORDS)


def test_every_word_of_a_script_is_spoken_in_french():
    same = {"Total", "{n} point", "{n} points", "{name}, {points}"}

    assert {word for word in WORDS if gettext("fr", word) == word} == same


def test_foreign_code_is_what_its_manifest_says_and_brings_its_licence():
    [package] = json.loads((STATIC / "vendor" / "manifest.json").read_text("utf-8"))
    folder = STATIC / "vendor" / package["folder"]
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}

    assert there == set(package["files"])
    assert {"LICENSE", "LICENSE-zxing-cpp"} <= there
    for name, expected in package["files"].items():
        digest = hashlib.sha384((folder / name).read_bytes()).digest()
        assert expected == f"sha384-{base64.b64encode(digest).decode()}", name


def test_no_script_writes_markup_or_evaluates_text():
    """Names are hostile: they reach the page as text or not at all."""
    for path in STATIC.glob("*.js"):
        script = path.read_text("utf-8")
        for danger in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert danger not in script, (path.name, danger)


@pytest.mark.parametrize("page", ["", "returns", "join"])
def test_pages_of_a_till_ask_for_a_cashier_first(quick_shop, page):
    client, token = browser_till(quick_shop, pin=False)

    assert client.get(f"/till/{page}").headers["Location"] == "/till/sign-in"
    client.post("/till/sign-in", data={"csrf_token": token, "cashier": quick_shop.cleo, "pin": PIN})
    shown = client.get(f"/till/{page}")
    assert shown.status_code == 200
    assert "Lyon Bellecour" in shown.get_data(as_text=True)


def test_only_the_pages_that_scan_may_use_the_camera(quick_shop):
    client, _ = browser_till(quick_shop)

    selling, joining = client.get("/till/"), client.get("/till/join")

    assert "camera=(self)" in selling.headers["Permissions-Policy"]
    assert "'wasm-unsafe-eval'" in selling.headers["Content-Security-Policy"]
    assert "camera=()" in joining.headers["Permissions-Policy"]
    assert "wasm" not in joining.headers["Content-Security-Policy"]


def test_a_cashier_of_another_store_does_not_sign_in_here(quick_shop):
    client, token = browser_till(quick_shop, pin=False)
    with quick_shop.database.begin(actor="test") as tx:
        elsewhere = take_on_staff(
            tx, name="Mallory", role=Role.CASHIER, pin=PIN, store_id="lyon-2"
        ).staff_id

    form = {"csrf_token": token, "cashier": elsewhere, "pin": PIN}

    assert client.post("/till/sign-in", data=form).status_code == 422
    assert "Mallory" not in client.get("/till/sign-in").get_data(as_text=True)


def test_a_receipts_code_is_drawn_and_nothing_else_is(quick_shop):
    client, _ = browser_till(quick_shop)
    settled = quick_shop.settle(quick_shop.sale(quick_shop.basket(("roll", 1000))))

    drawn = client.get(f"/till/receipts/{settled.receipt_code}.svg")

    assert drawn.content_type == "image/svg+xml"
    assert drawn.get_data(as_text=True).startswith("<svg")
    assert client.get("/till/receipts/HELLO.svg").status_code == 404
    assert client.get(f"/till/receipts/{quick_shop.ada_card}.svg").status_code == 404
