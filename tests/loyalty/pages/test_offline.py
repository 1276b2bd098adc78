"""What makes the app installable, and how much a phone has to load for the first code."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from loyalty.pages.offline import KEPT

FIRST_VIEW_BYTES = 30_000
"""All scripts of the card's page, compressed."""


def test_the_manifest_describes_an_app_that_opens_on_the_card(phone, settings):
    answer = phone.open("/app/manifest.webmanifest?lang=fr")
    manifest = answer.json
    assert answer.content_type == "application/manifest+json"
    assert manifest["name"] == f"Carte {settings.brand}"
    assert (manifest["start_url"], manifest["scope"], manifest["id"]) == ("/app/",) * 3
    assert (manifest["display"], manifest["lang"]) == ("standalone", "fr")


def test_every_icon_of_the_manifest_is_a_picture_of_its_size(phone):
    icons = phone.open("/app/manifest.webmanifest").json["icons"]
    assert {icon["purpose"] for icon in icons} == {"any", "maskable"}
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in icons}
    for icon in icons:
        picture = phone.open(icon["src"])
        width, height = (int.from_bytes(picture.data[at : at + 4]) for at in (16, 20))
        assert picture.status_code == 200
        assert picture.data.startswith(b"\x89PNG")
        assert f"{width}x{height}" == icon["sizes"]


def test_the_worker_comes_fresh_from_where_it_rules(phone):
    answer = phone.open("/app/sw.js")
    assert answer.content_type == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "Service-Worker-Allowed" not in answer.headers


def test_all_that_the_worker_keeps_exists_and_names_nobody(hers):
    kept = hers.open("/app/sw.js").text.partition("const KEPT = ")[2].partition(";")[0]
    addresses = json.loads(kept)
    assert len(addresses) == len(KEPT)
    for address in addresses:
        answer = hers.open(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert b"Ada" not in answer.data
    assert "Ada" not in hers.open("/app/offline").text


@pytest.mark.parametrize("path", ["/app/", "/app/pocket"])
def test_everything_that_the_kept_card_loads_is_kept(hers, path):
    page = hers.open(path).text
    kept = hers.open("/app/sw.js").text
    wanted = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert wanted
    missing = [address for address in wanted if f'"{address}"' not in kept]
    assert missing == []


def test_the_first_code_needs_little_script(hers):
    page = hers.open("/app/").text
    scripts = re.findall(r'<script[^>]* src="([^"]+)"', page)
    inline = re.findall(r"<script[^>]*>([^<]+)</script>", page)
    loaded = [hers.open(address).data for address in (*scripts, "/app/sw.js")]
    total = sum(len(gzip.compress(body)) for body in (*loaded, *(one.encode() for one in inline)))
    assert len(scripts) == 3
    assert total < FIRST_VIEW_BYTES


@pytest.mark.parametrize("path", ["/app/pocket", "/app/offline", "/app/sw.js"])
def test_what_the_phone_fetches_by_itself_takes_no_message_away(phone, path):
    phone.join(given_name="Ada", email="ada@example.org")
    fetched = phone.open(path)
    assert "Welcome" not in fetched.text
    assert "palier-flash" not in fetched.headers.get("Set-Cookie", "")
    assert "Welcome, Ada!" in phone.open("/app/").text
    assert "Welcome" not in phone.open("/app/").text


def test_our_scripts_never_write_markup():
    folder = Path(__file__).parents[3] / "loyalty" / "pages"
    scripts = [*folder.rglob("*.js")]
    assert len(scripts) >= 5
    for script in scripts:
        assert not re.search(r"innerHTML|outerHTML|document\.write|eval\(", script.read_text())
