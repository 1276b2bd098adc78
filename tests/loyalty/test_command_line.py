"""``loyalty members|cards|ledger|programme`` and the jobs that return."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
import zxingcpp
from click.testing import CliRunner
from PIL import Image
from sqlalchemy import text

from admin.cli import cli
from loyalty import jobs
from loyalty.cli import cards, ledger, members
from loyalty.commands import earn_points, place_hold, record_purchase
from loyalty.kernel.cache import MemoryCache
from loyalty.kernel.runtime import Runtime
from loyalty.presets import preset_text
from loyalty.queries import balance, tier_progress, verify_books
from tests.loyalty.world import KEYS, line, sale


@pytest.fixture
def database(sqlite_database):
    """The edge is tried on the embedded database; commands are tried on both."""
    return sqlite_database


@pytest.fixture
def runtime(shop, settings):
    """What commands and jobs get."""
    return Runtime(settings=settings, database=shop, keys=KEYS, cache=MemoryCache())


@pytest.fixture
def run(runtime):
    """Run a command of one of the groups."""

    def called(group, *arguments):
        return CliRunner().invoke(group, [str(one) for one in arguments], obj=runtime)

    return called


@pytest.fixture
def enrolled(run):
    """Ada, enrolled from the terminal."""
    done = run(members, "enrol", "--given-name", "Ada", "--email", "a@example.org", "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.output)


def test_members_are_enrolled_and_found(run, enrolled):
    again = run(members, "enrol", "--given-name", "Eve", "--email", "A@example.org")
    found = run(members, "find", "ada", "--json")

    assert again.exit_code == 1
    assert "already known" in again.output
    assert json.loads(found.output)["member_id"] == enrolled["member_id"]
    assert enrolled["member_id"] in run(members, "find", enrolled["code"]).output
    assert run(members, "find", "nobody").output == "Nobody is found by that.\n"


def test_a_source_enrols_once(run):
    asked = ("enrol", "--given-name", "Ben", "--source", "s1")

    assert run(members, *asked).output == run(members, *asked).output


def test_cards_are_looked_up_drawn_replaced_and_blocked(run, enrolled, tmp_path):
    holder = run(cards, "holder", enrolled["code"], "--json")
    assert json.loads(holder.output) == {
        "member_id": enrolled["member_id"],
        "level": "base",
        "balance": 0,
    }
    mistyped = enrolled["code"][:-1] + ("C" if enrolled["code"].endswith("B") else "B")
    assert "A letter is wrong" in run(cards, "holder", mistyped).output

    drawn = run(cards, "draw", enrolled["member_id"], tmp_path / "card.png")
    assert drawn.exit_code == 0
    with Image.open(tmp_path / "card.png") as picture:
        assert zxingcpp.read_barcodes(picture.convert("L"))[0].text == enrolled["code"]
    run(cards, "draw", enrolled["member_id"], tmp_path / "card.svg")
    assert (tmp_path / "card.svg").read_text().startswith("<svg")

    new = run(cards, "replace", enrolled["member_id"], enrolled["card_id"]).output.split()
    assert "Card replaced" in run(cards, "holder", enrolled["code"]).output
    assert "blocked" in run(cards, "block", enrolled["member_id"], new[0]).output
    assert "Card blocked" in run(cards, "holder", new[1]).output


def test_a_statement_is_printed_with_its_reasons(run, enrolled, shop):
    with shop.begin(actor="test") as tx:
        one = sale(enrolled["member_id"], line(price=2760), occurred_at=tx.now)
        record_purchase(tx, keys=KEYS, sale=one)
    printed = run(ledger, "statement", enrolled["member_id"])
    machine = json.loads(run(ledger, "statement", enrolled["member_id"], "--json").output)

    assert "+27" in printed.output
    assert "27 points on €27.60" in printed.output
    assert (machine["points"], machine["balance"]) == (27, 27)


def test_a_statement_of_nobody_is_refused(run):
    refused = run(ledger, "statement", "mbr_nobody")
    assert (refused.exit_code, "mbr_nobody" in refused.output) == (1, True)


def test_sound_books_are_said_to_be_sound_and_broken_ones_are_named(run, enrolled, shop):
    sound = run(ledger, "verify")
    assert (sound.exit_code, "rules hold" in sound.output) == (0, True)
    assert json.loads(run(ledger, "verify", "--json").output)["findings"] == []

    with shop.begin(actor="intruder") as tx:
        tx.run(text("UPDATE wallets SET balance = 5"))
    broken = run(ledger, "verify")
    machine = run(ledger, "verify", "--json")
    assert (broken.exit_code, machine.exit_code) == (1, 1)
    assert f"balance: {enrolled['member_id']}/points" in broken.output
    assert {one["rule"] for one in json.loads(machine.output)["findings"]} >= {"balance", "lots"}


def test_a_programme_is_checked_and_published(run, tmp_path):
    programme = cli.commands["programme"]
    file = tmp_path / "programme.yaml"
    file.write_text(run(programme, "preset", "three-tier-grocer").output)
    assert "right" in run(programme, "check", file).output
    assert "Version 1 " in run(programme, "publish-preset", "three-tier-grocer").output

    file.write_text(preset_text("three-tier-grocer").replace("points: 1,", "points: 2,"))
    assert "Version 2 " in run(programme, "publish", file).output
    assert len(run(programme, "versions").output.splitlines()) == 2
    versions = run(programme, "versions", "--json").output.splitlines()
    assert json.loads(versions[0])["number"] == 2

    file.write_text("name: x\nwallet: {}")
    refused = run(programme, "publish", file)
    assert refused.exit_code == 1
    assert ":2 wallet: unknown key 'wallet'; did you mean 'wallets'?" in refused.output


def test_the_jobs_end_what_is_over(runtime, shop, ada, clock):
    with shop.begin(actor="test") as tx:
        big = sale(ada, line(price=310_000), occurred_at=tx.now)
        record_purchase(tx, keys=KEYS, sale=big)
        place_hold(tx, member_id=ada, points=100, source="basket:1")
    clock.move(by=timedelta(hours=1))
    assert jobs.end_holds(runtime) == "1 holds ended"
    clock.move(to=datetime(2028, 1, 1, 0, 30, tzinfo=UTC))

    assert jobs.expire_points(runtime) == "1 postings of lapsed points"
    assert jobs.end_vouchers(runtime) == "31 vouchers ended"
    assert jobs.review_levels(runtime) == "1 levels reviewed"
    assert jobs.seal_points(runtime) == "42 rows sealed"
    for job in jobs.JOBS:
        assert job.run(runtime).startswith("0 "), "nothing is done twice"
    with shop.look() as tx:
        assert balance(tx, ada).balance == 0
        assert tier_progress(tx, ada).level == "base"
        assert verify_books(tx) == ()


def test_a_run_of_a_job_is_bounded_and_the_next_goes_on(runtime, shop, ada, clock, monkeypatch):
    monkeypatch.setattr(jobs, "BATCH", 1)
    monkeypatch.setattr(jobs, "BATCHES_PER_RUN", 2)
    with shop.begin(actor="test") as tx:
        for number in range(5):
            place_points = earn_points(tx, member_id=ada, points=10, source=f"gift:{number}")
            assert place_points.balance == 10 * (number + 1)
            place_hold(tx, member_id=ada, points=1, source=f"basket:{number}")
    clock.move(by=timedelta(hours=1))

    outcomes = [jobs.end_holds(runtime) for _ in range(4)]
    assert outcomes == ["2 holds ended", "2 holds ended", "1 holds ended", "0 holds ended"]
