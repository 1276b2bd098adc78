"""The rules as a shopper reads them, and the poster that leads to them."""

from __future__ import annotations

import html
import re
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from loyalty.commands import publish_preset
from loyalty.pages.rule_words import rules_in_force
from loyalty.qr import link_png

IN_ONE_LINE = {
    "en": "1 point for every €1.00 · 200 points = €1.00 · "
    "a €1.00 voucher for every €100.00 of purchases",
    "fr": "1 point par 1,00 € · 200 points = 1,00 € · "
    "un bon de 1,00 € par tranche de 100,00 € d’achats",
}


def _plain(text):
    return re.sub(r"[\s\u00a0\u202f]+", " ", html.unescape(text))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_rules_fit_in_one_line(shop, language):
    with shop.look() as tx:
        assert _plain(rules_in_force(tx, language).short) == IN_ONE_LINE[language]


def test_all_the_rules_of_the_preset(phone):
    page = _plain(re.sub(r"<[^>]+>", " ", phone.open("/app/rules?lang=en").text))
    for sentence in (
        "1 point for every €1.00.",
        "Your points can be used for 12 months, then to the end of the month.",
        "200 points are worth €1.00.",
        "A €1.00 voucher for every €100.00 of purchases.",
        "What is left over counts towards the next one.",
        "Vouchers can be used for 6 months, then to the end of the month.",
        "Gold: from €3,000.00 of purchases in a calendar year.",
        "Platinum: from €8,000.00 of purchases in a calendar year.",
        "A level is yours to the end of the following year.",
    ):
        assert sentence in page


def test_the_page_of_another_ready_programme(phone, shop):
    with shop.begin(actor="test") as tx:
        publish_preset(tx, name="cafe-stamps")
    page = _plain(re.sub(r"<[^>]+>", " ", phone.open("/app/rules?lang=fr").text))
    for words in ("Carte café · Les règles, en bref", "Un café offert : 10 tampons."):
        assert words in page


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("fr", "Votre carte en 20 secondes", "Your card in 20 seconds"),
        ("en", "Your card in 20 seconds", "Votre carte en 20 secondes"),
    ],
)
def test_the_poster_speaks_both_languages_hers_first(phone, language, first, second):
    page = phone.open(f"/app/poster/lyon-1?lang={language}").text
    assert page.index(first) < page.index(second)
    assert "Lyon Bellecour" in page
    for line in IN_ONE_LINE.values():
        assert line in _plain(page)


def test_the_posters_code_leads_to_the_form_of_its_shop(phone, settings):
    page = phone.open("/app/poster/lyon-1").text
    address = f"{settings.public_url}/app/join?store=lyon-1"
    assert f'aria-label="{address}"' in page
    picture = Image.open(BytesIO(link_png(address))).convert("L")
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [address]


@pytest.mark.parametrize("store", ["gone-9", "<script>", "a" * 300])
def test_a_shop_that_does_not_exist_has_no_poster(phone, store):
    assert phone.open(f"/app/poster/{store}").status_code == 404
