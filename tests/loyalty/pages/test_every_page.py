"""Every page in both languages: rendered, translated, closed to scripts that are not ours."""

from __future__ import annotations

import html
from html.parser import HTMLParser

import pytest

from loyalty.commands import block_member, correct_identity
from loyalty.queries import sign_in_link
from loyalty.values import Identity

SIGNED_OUT = {
    "join": "/app/join?store=lyon-1",
    "sign_in": "/app/sign-in",
    "rules": "/app/rules",
    "poster": "/app/poster/lyon-1",
    "offline": "/app/offline",
}
SIGNED_IN = {
    "card": "/app/",
    "pocket": "/app/pocket",
    "points": "/app/points",
    "vouchers": "/app/vouchers",
    "rewards": "/app/rewards",
    "level": "/app/level",
    "household": "/app/household",
    "me": "/app/me",
}
LANGUAGES = ("fr", "en")
PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror=alert(1)>",
    '" onmouseover=alert(1) x="',
    "' onfocus=alert(1) autofocus '",
    "javascript:alert(1)",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "--><script>alert(1)</script>",
    "<iframe src=javascript:alert(1)>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<math><mi xlink:href='javascript:alert(1)'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<input onfocus=alert(1) autofocus>",
    "<video src=x onerror=alert(1)>",
    "<object data='javascript:alert(1)'>",
    "<embed src='javascript:alert(1)'>",
    "<form action='javascript:alert(1)'>",
    "<base href='//example.org/'>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "{{ 7 * 7 }}{% raw %}",
    "${alert(1)}`alert(1)`",
    "%(name)s {name} {0}",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\\u003cscript\\u003ealert(1)",
)


def _link(shop, keys, ada):
    with shop.look() as tx:
        address = sign_in_link(
            tx, keys=keys, public_url="http://127.0.0.1", member_id=ada, request_id="sgn_1"
        )
    return address.removeprefix("http://127.0.0.1")


class Markup(HTMLParser):
    """What a browser makes of a page: its tags with their attributes."""

    def __init__(self, text):
        super().__init__()
        self.tags = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def of(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


def _check(page, language):
    """Hold what is true of every page: closed to foreign scripts, one heading, one language."""
    markup = Markup(page.text)
    assert markup.of("html")[0]["lang"] == language
    policy = page.headers["Content-Security-Policy"]
    nonce = policy.partition("'nonce-")[2].partition("'")[0]
    assert "unsafe-inline" not in policy
    assert {script["nonce"] for script in markup.of("script")} == {nonce}
    names = {name for _, attrs in markup.tags for name in attrs}
    assert not {name for name in names if name.startswith("on") or name == "style"}
    addresses = {attrs.get(name, "") for _, attrs in markup.tags for name in ("href", "src")}
    assert not [address for address in addresses if ":" in address.split("/")[0]]
    assert not {tag for tag, _ in markup.tags} & {"iframe", "object", "embed", "base", "math"}
    assert len(markup.of("h1")) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SIGNED_OUT)
def test_a_page_for_everybody(phone, shop, name, language):
    path = SIGNED_OUT[name]
    page = phone.open(f"{path}{'&' if '?' in path else '?'}lang={language}")
    assert page.status_code == 200
    _check(page, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SIGNED_IN)
def test_a_page_for_members(hers, ada, buy, name, language):
    buy(ada, 52_000, days_ago=12)
    page = hers.open(f"{SIGNED_IN[name]}?lang={language}")
    assert page.status_code == 200
    _check(page, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_on_the_way_in_and_at_the_end(hers, shop, keys, ada, language):
    stranger = hers.another()
    _check(stranger.open(f"{_link(shop, keys, ada)}&lang={language}"), language)
    sent = stranger.press(f"/app/sign-in?lang={language}", "/app/sign-in", contact="a@example.org")
    assert sent.status_code == 200
    _check(sent, language)
    with shop.begin(actor="test") as tx:
        block_member(tx, member_id=ada)
    _check(hers.open(f"/app/?lang={language}"), language)


@pytest.mark.parametrize("path", [*SIGNED_IN.values(), "/app/join"])
def test_a_name_is_only_ever_text(hers, shop, ada, buy, path):
    buy(ada, 12_000)
    for payload in PAYLOADS:
        with shop.begin(actor="test") as tx:
            correct_identity(tx, member_id=ada, identity=Identity(payload, payload))
        page = hers.open(f"{path}?lang=en")
        assert page.status_code == 200
        _check(page, "en")
        assert payload in html.unescape(page.text) or path not in SHOWS_HER_NAME


SHOWS_HER_NAME = ("/app/", "/app/pocket", "/app/me", "/app/join")


def test_what_is_typed_into_a_form_comes_back_as_text(phone, monkeypatch):
    monkeypatch.setattr("loyalty.pages.join.TRIES", len(PAYLOADS))
    monkeypatch.setattr("loyalty.pages.sign_in.ASKS", len(PAYLOADS))
    for payload in PAYLOADS:
        joined = phone.join(given_name=payload, email=payload, phone=payload, store=payload[:80])
        asked = phone.press("/app/sign-in?lang=en", "/app/sign-in", contact=payload)
        assert (joined.status_code, asked.status_code) == (422, 200)
        for page in (joined, asked):
            _check(page, "en")
            assert payload in html.unescape(page.text)
