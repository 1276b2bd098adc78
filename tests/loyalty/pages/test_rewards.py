"""What points buy, on the phone: claimed after one question, kept at the desk, given up again."""

from __future__ import annotations

import html
import json
import re

import pytest

from loyalty.commands import adjust_points, earn_points, form_pool, join_pool, publish_programme
from loyalty.queries import balance, vouchers_of
from tests.loyalty.rich import rich_document


@pytest.fixture
def rich(shop, ada):
    """The programme with rewards, limits and a purse; Ada has 900 points and 2.50 euros."""
    with shop.begin(actor="test") as tx:
        publish_programme(tx, document=rich_document())
        earn_points(tx, member_id=ada, points=900, source="test:900")
        adjust_points(
            tx, member_id=ada, points=250, wallet="purse", reason="a crate", source="p", actor="x"
        )
    return shop


def words(response):
    assert response.status_code == 200, response.status_code
    body = re.sub(r"<(script|style|head)\b.*?</\1>", " ", response.text, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def claim(phone, reward):
    """Claim the reward with this id and answer the question; return the page that follows."""
    forms = phone.open("/app/rewards").text.split('name="reward" value="')[1:]
    place = [form.split('"')[0] for form in forms].index(reward)
    asked = phone.press("/app/rewards?lang=en", "/app/rewards", nth=place)
    fields = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', asked.text))
    sent = phone.client.post("/app/rewards", data={**fields, "sure": "1"})
    assert sent.status_code == 303
    return words(asked), words(phone.open(f"{sent.location.split('#')[0]}?lang=en"))


def available(shop, member_id):
    with shop.look() as tx:
        return balance(tx, member_id).available


def test_a_voucher_is_claimed_after_one_question(hers, rich, ada, keys):
    asked, after = claim(hers, "five-euros")
    assert "“A 5 euro voucher” costs 800 points (worth €4.00)." in asked
    assert "Yours! Show the code at the till." in after
    assert available(rich, ada) == 100
    with rich.look() as tx:
        assert [one.value_minor for one in vouchers_of(tx, ada, keys=keys)] == [500]
    shown = words(hers.open("/app/rewards?lang=en"))
    assert "You have 100 points (worth €0.50) to spend." in shown
    assert "700 points more" in shown


def test_an_article_is_kept_at_the_desk_and_given_up(hers, rich, ada):
    _, after = claim(hers, "coffee")
    assert "It is kept for you: fetch it within two days." in after
    assert available(rich, ada) == 750
    page = hers.open("/app/rewards").text
    action = re.findall(r'action="(/app/rewards/rdm_\w+/release)"', page)[0]
    sent = hers.press("/app/rewards", action)
    again = words(hers.open(f"{sent.location.split('#')[0]}?lang=en"))
    assert "Your points are free again." in again
    assert available(rich, ada) == 900


def test_what_works_only_at_the_till_is_not_claimed_at_home(hers, rich, ada):
    assert "Say at the till that you want it." in words(hers.open("/app/rewards?lang=en"))
    form = hers.form("/app/rewards", "/app/rewards")
    for reward in ("off", "nothing"):
        sent = hers.client.post("/app/rewards", data={**form.fields, "reward": reward, "sure": "1"})
        assert sent.status_code == 303
    assert available(rich, ada) == 900


def test_each_balance_has_its_history_and_its_ends(hers, rich):
    points = words(hers.open("/app/points?lang=en"))
    assert "What ends when" in points
    purse = words(hers.open("/app/points?lang=en&wallet=purse"))
    assert "€2.50" in purse
    assert "a crate" in purse
    assert "900" not in purse
    assert words(hers.open("/app/points?wallet=nothing&lang=en")) == points


def test_she_sees_with_whom_she_collects(hers, rich, ada, ben):
    assert "You collect alone" in words(hers.open("/app/household?lang=en"))
    with rich.begin(actor="test") as tx:
        pool = form_pool(tx, owner_id=ada, source="p").pool_id
        join_pool(tx, pool_id=pool, member_id=ben)
    shown = words(hers.open("/app/household?lang=en"))
    assert "You collect together" in shown
    assert "Ben" in shown
    assert "ben" not in json.dumps(hers.open("/app/me/export.json").json["member"])


def test_she_takes_her_proof_and_her_data_away(hers, rich, ada):
    proof = hers.open("/app/me/proof.json")
    assert "attachment" in proof.headers["Content-Disposition"]
    assert proof.json["member_id"] == ada
    kept = hers.open("/app/me/export.json").json
    assert [one["points"] for one in kept["postings"]] == [900, 250]
    assert kept["member"]["given_name"] == "Ada"
