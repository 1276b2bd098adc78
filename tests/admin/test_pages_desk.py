"""At the desk: points, rewards, vouchers, levels, households, merges, data."""

from __future__ import annotations

import json
from datetime import date

import pytest

from loyalty.commands import claim_reward, earn_points, publish_programme
from loyalty.errors import UnknownMember
from loyalty.kernel.access.principals import Role
from loyalty.queries import (
    adjustments_waiting,
    balance,
    membership,
    tier_progress,
    verify_books,
)
from tests.admin.office import words
from tests.loyalty.rich import rich_document
from tests.loyalty.world import KEYS


@pytest.fixture
def rich(office):
    """The programme with rewards, limits and a purse; Ben has 2,000 points."""
    with office.database.begin(actor="test") as tx:
        publish_programme(tx, document=rich_document())
        earn_points(tx, member_id=office.ben, points=2000, source="test:2000")
    return office


@pytest.fixture
def desk(rich):
    return rich.desk(Role.SUPPORT)


def send(desk, page, to, /, *, nth=0, **typed):
    """Send a form of a page, answer the question that it asks, and read where that leads."""
    asked = desk.send(desk.form(f"{page}?lang=en", to, nth=nth), **typed)
    if asked.status_code == 200:
        form = asked.text.split('class="card stack confirm"')[1].split("</form>")[0]
        fields = {
            part.split('"')[0]: part.split('value="')[1].split('"')[0]
            for part in form.split('type="hidden" name="')[1:]
        }
        asked = desk.client.post(to, data={**fields, "sure": "1"})
    assert asked.status_code == 303, words(asked.text)
    return words(desk.open(asked.location).text)


def points_of(office, member_id):
    with office.database.look() as tx:
        return balance(tx, member_id).available


def test_points_are_corrected_after_one_question(desk, rich):
    page, action = f"/admin/members/{rich.ben}/points", f"/admin/members/{rich.ben}/adjustments"
    typed = {"wallet": "points", "direction": "take", "amount": "1 50", "reason": "counted twice"}
    asked = desk.press(f"{page}?lang=en", action, **typed)
    assert "150 points (worth €0.75) are taken from Ben Ngo." in words(asked.text)
    assert points_of(rich, rich.ben) == 2000
    said = send(desk, page, action, **typed)
    assert "The balance is 1,850 points now." in said
    assert "counted twice" in said
    assert points_of(rich, rich.ben) == 1850


@pytest.mark.parametrize("amount", ["", "0", "-5", "2.5", "many", "1e3", "9" * 19])
def test_an_amount_that_is_none_is_asked_again(desk, rich, amount):
    page, action = f"/admin/members/{rich.ben}/points", f"/admin/members/{rich.ben}/adjustments"
    typed = {"wallet": "points", "direction": "give", "amount": amount, "reason": "<b>x"}
    again = desk.press(f"{page}?lang=en", action, **typed)
    assert again.status_code == 422 or points_of(rich, rich.ben) == 2000
    assert "<b>x" not in again.text
    assert points_of(rich, rich.ben) == 2000


def test_a_purse_is_typed_and_shown_in_euros(desk, rich):
    page, action = f"/admin/members/{rich.ben}/points", f"/admin/members/{rich.ben}/adjustments"
    typed = {"wallet": "purse", "direction": "give", "amount": "2,50", "reason": "a crate"}
    said = send(desk, page, action, **typed)
    assert "The balance is €2.50 now." in said
    assert "+€2.50" in words(desk.open(f"/admin/members/{rich.ben}/movements?wallet=purse").text)


def test_a_large_correction_waits_for_somebody_else(desk, rich):
    page, action = f"/admin/members/{rich.ben}/points", f"/admin/members/{rich.ben}/adjustments"
    typed = {"wallet": "points", "direction": "give", "amount": "400", "reason": "a bad day"}
    assert "A colleague decides now" in send(desk, page, action, **typed)
    with rich.database.look() as tx:
        waiting = adjustments_waiting(tx)[0]
    own = words(desk.open("/admin/adjustments?lang=en").text)
    assert "you asked: a colleague decides" in own
    where = f"/admin/adjustments/{rich.ben}/{waiting.adjustment_id}"
    boss = rich.desk(Role.ADMIN, name="Bea Roy")
    home = words(boss.open("/admin/?lang=en").text)
    assert "1 correction of points waits for a second person." in home
    assert "+400 points worth €2.00 Ben Ngo" in words(boss.open("/admin/adjustments?lang=en").text)
    done = boss.press("/admin/adjustments", where, decision="approve")
    assert "2,400 points" in words(boss.open(f"{done.location}?lang=en").text)
    assert points_of(rich, rich.ben) == 2400


def test_points_are_passed_on_to_who_is_found(desk, rich):
    page, action = f"/admin/members/{rich.ben}/points", f"/admin/members/{rich.ben}/transfers"
    nobody = desk.press(f"{page}?lang=en", action, to="zz", amount="100", wallet="points")
    assert nobody.status_code == 422
    said = send(desk, page, action, to="ada@example.org", amount="100", wallet="points")
    assert "100 points went to Ada Lovelace. 1,900 points are left here." in said
    assert "Ada Lovelace" in said


def test_rewards_are_redeemed_set_aside_and_taken_back(desk, rich):
    page, action = f"/admin/members/{rich.ben}/rewards", f"/admin/members/{rich.ben}/redemptions"
    said = send(desk, page, action, nth=0)
    assert "Handed over. 1,200 points can be spent besides." in said
    assert "A 5 euro voucher" in said
    with rich.database.begin(actor="test") as tx:
        held = claim_reward(
            tx,
            keys=KEYS,
            member_id=rich.ben,
            reward_id="coffee",
            source="c",
            hold_seconds=60,
        )
    end = f"{action}/{held.redemption_id}"
    assert "Handed over" in send(desk, page, end, action="capture")
    assert "1,200 points can be spent again" in send(desk, page, end, action="release")
    shown = words(rich.desk(Role.MARKETER).open("/admin/rewards?lang=en").text)
    assert "A 5 euro voucher" in shown
    assert "2 of 3 left" in shown
    assert "1 given back" in shown


def test_a_voucher_is_given_and_cancelled(desk, rich):
    page = f"/admin/members/{rich.ben}/rewards"
    said = send(desk, page, f"/admin/members/{rich.ben}/vouchers", value_minor=500, cause="lost")
    assert "A voucher of €5.00 stands in her app." in said
    form = next(
        part.split('"')[0]
        for part in desk.open(page).text.split('action="')[1:]
        if "/vouchers/vch_" in part.split('"')[0]
    )
    assert "The voucher is cancelled" in send(desk, page, form)
    assert rich.audited("give-voucher", "cancel-voucher") == [
        ("give-voucher", form.rsplit("/", 1)[1]),
        ("cancel-voucher", form.rsplit("/", 1)[1]),
    ]


def test_a_level_is_given_until_a_day(desk, rich):
    page = f"/admin/members/{rich.ben}/level"
    early = desk.press(f"{page}?lang=en", page, level="gold", until="2020-01-01")
    assert (early.status_code, "This day is over." in words(early.text)) == (422, True)
    assert "She stands on Gold now." in send(desk, page, page, level="gold", until="2026-12-31")
    with rich.database.look() as tx:
        assert tier_progress(tx, rich.ben).kept_until_on == date(2026, 12, 31)
    assert "by hand" in words(desk.open(f"{page}?lang=en").text)


def test_a_household_is_opened_shared_and_left(desk, rich):
    page = f"/admin/members/{rich.ben}/household"
    assert "The household is open" in send(desk, page, page)
    assert "Ada Lovelace has joined." in send(desk, page, page, who="ada@example.org")
    said = send(desk, page, f"{page}/moves", direction="in", amount="300", wallet="points")
    assert "300 points moved." in said
    assert "300 points (worth €1.50)" in said
    left = send(desk, page, f"{page}/leave")
    assert "took along: 300 points" in left
    assert points_of(rich, rich.ben) == 2000


def test_two_memberships_are_joined_and_parted(desk, rich):
    page = f"/admin/members/{rich.ada}/household"
    shown = words(desk.open(f"{page}?lang=en&other={rich.ben}").text)
    assert "2,000 points (worth €10.00)" in shown
    before = points_of(rich, rich.ada)
    joined = desk.press(f"{page}?other={rich.ben}", f"/admin/members/{rich.ada}/merges")
    assert "Came over: 2,000 points." in words(desk.open(f"{joined.location}?lang=en").text)
    assert points_of(rich, rich.ada) == before + 2000
    sent = desk.open(f"/admin/members/{rich.ben}")
    assert (sent.status_code, sent.location) == (303, f"/admin/members/{rich.ada}")
    undo = next(
        part.split('"')[0]
        for part in desk.open(page).text.split('action="')[1:]
        if "/merges/mrg_" in part.split('"')[0]
    )
    assert "These are two memberships again." in send(desk, page, undo)
    with rich.database.look() as tx:
        assert list(verify_books(tx)) == []
    assert points_of(rich, rich.ada) == before


def test_data_is_taken_away_and_erased(rich):
    dpo = rich.desk(Role.DPO)
    page = f"/admin/members/{rich.ada}/data"
    export = dpo.open(f"/admin/members/{rich.ada}/export.json")
    assert "attachment" in export.headers["Content-Disposition"]
    kept = json.loads(export.text)
    assert kept["member"]["email"] == "ada@example.org"
    assert len(kept["purchases"]) == 2
    assert kept["purchases"][0]["lines"][0]["sku"] == "espresso"
    proof = json.loads(dpo.open(f"/admin/members/{rich.ada}/proof.json").text)
    assert proof["member_id"] == rich.ada
    said = send(dpo, page, f"/admin/members/{rich.ada}/erasure")
    assert "The person is erased." in said
    with rich.database.look() as tx, pytest.raises(UnknownMember):
        membership(tx, rich.ada)
    assert dpo.open(page).status_code == 404
    assert rich.audited("member.export") == [("member.export", rich.ada)]
