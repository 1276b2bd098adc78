"""The command line and the jobs: offers from files, lists, and everybody's ranking."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from loyalty.kernel.cache import MemoryCache
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.signing import Keys
from offers.cli import offers
from offers.jobs import JOBS, rank_some
from offers.queries import affinities_of, list_offers, member_offers
from tests.loyalty.world import enrol
from tests.offers.build import document
from tests.offers.conftest import consent
from tests.offers.world import buy, launch


@pytest.fixture
def runtime(small_shop, settings):
    """What the command line and the jobs get."""
    return Runtime(
        settings=settings, database=small_shop, keys=Keys(settings.secret_key), cache=MemoryCache()
    )


@pytest.fixture
def run(runtime):
    """Run ``loyalty offers ...`` and return what came of it."""

    def called(*arguments):
        return CliRunner().invoke(offers, [str(one) for one in arguments], obj=runtime)

    return called


@pytest.fixture
def file(tmp_path):
    """A file with two offers in it."""
    path = tmp_path / "spring.yaml"
    documents = [document(id="one", until="2026-03-31"), document(id="two", percent="5.5")]
    path.write_text("\n---\n".join(json.dumps(one) for one in documents))
    return path


def test_offers_are_launched_from_a_file_listed_and_ended(run, file):
    launched = run("launch", file)
    assert launched.exit_code == 0, launched.output
    assert [line.split(maxsplit=1)[1] for line in launched.output.splitlines()] == [
        "one v1 is live",
        "two v1 is live",
    ]
    rows = [
        json.loads(line)
        for line in run("list", "--state", "live", "--json").output.split("\n")
        if line
    ]
    assert {row["slug"] for row in rows} == {"one", "two"}
    assert "one v1" in run("list").output

    assert run("end", rows[0]["id"], "--reason", "enough").output.endswith("has ended\n")
    assert "had ended before" in run("end", rows[0]["id"]).output


def test_yaml_dates_are_dates(run, tmp_path):
    path = tmp_path / "one.yaml"
    path.write_text("{id: a, name: A, kind: percent, percent: 5, until: 2026-03-31}")
    assert run("launch", path).exit_code == 0


def test_a_preview_is_one_line(run, tmp_path, small_shop, small_ada, days_ago):
    with small_shop.begin(actor="till") as tx:
        buy(tx, small_ada, "espresso", at=days_ago(2))
    path = tmp_path / "one.json"
    path.write_text(json.dumps(document()))
    assert run("preview", path).output == "1 of 1 baskets, 1 members, 80 minor units, 0 points\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (json.dumps(document(percent=120)), "percent: more than 0 and at most 100"),
        (json.dumps(document(category="cofee")), "category: there is no cofee"),
        ("{unclosed: [", "cannot be read"),
    ],
)
def test_a_file_that_is_wrong_says_where_and_nothing_is_launched(
    run, tmp_path, small_shop, text, says
):
    path = tmp_path / "wrong.yaml"
    path.write_text(text)
    answer = run("launch", path)
    assert answer.exit_code == 1
    assert says in answer.output
    with small_shop.look() as tx:
        assert list_offers(tx, language="en").items == ()


def test_an_unknown_offer_and_a_file_with_two_offers_are_told(run, file):
    assert "There is no offer off_x." in run("end", "off_x").output
    assert "holds 2 offers" in run("preview", file).output


@pytest.fixture
def crowd(small_shop, days_ago):
    """Sixty members who allow it, each with a purchase; nothing has been learned yet."""
    with small_shop.begin(actor="till") as tx:
        launch(tx)
        ids = [enrol(tx, f"Member {number}").member_id for number in range(60)]
        for number, member_id in enumerate(ids):
            consent(tx, member_id, source=f"test:{number}")
            buy(tx, member_id, "espresso", at=days_ago(3))
    return ids


def learned(database, ids):
    """Return how many of the members something is known of."""
    with database.look() as tx:
        return sum(bool(affinities_of(tx, member_id)) for member_id in ids)


def test_everybody_is_ranked_from_the_command_line(run, small_shop, crowd):
    assert run("rank").output.endswith("60 members ranked\n")
    assert learned(small_shop, crowd) == 60
    with small_shop.look() as tx:
        assert member_offers(tx, crowd[0], "en")[0].reason.startswith("You bought coffee once")


def test_the_job_does_a_round_a_day_and_goes_on_where_it_stopped(runtime, small_shop, crowd, clock):
    assert rank_some(runtime, batches=1) == "50 members' offers ranked"
    assert learned(small_shop, crowd) == 50
    assert rank_some(runtime, batches=1) == "10 members' offers ranked"
    assert learned(small_shop, crowd) == 60
    assert rank_some(runtime, batches=1) == "0 members' offers ranked"
    clock.move(by=timedelta(hours=21))
    assert rank_some(runtime, batches=1) == "50 members' offers ranked"


def test_the_job_that_ends_offers_says_how_many(runtime, small_shop, clock):
    (ending,) = [job for job in JOBS if job.name == "end-offers"]
    with small_shop.begin(actor="staff:dora") as tx:
        launch(tx, until="2026-03-10")
    clock.move(by=timedelta(days=2))
    assert ending.run(runtime) == "1 offers ended"
    assert ending.run(runtime) == "0 offers ended"
