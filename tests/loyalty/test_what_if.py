"""Other rules over the purchases that were made: the same rules change nothing, others do."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from loyalty.cli.trying import what_if_command
from loyalty.compiling import compile_programme
from loyalty.kernel.cache import MemoryCache
from loyalty.kernel.runtime import Runtime
from loyalty.presets import preset_document, preset_text
from loyalty.queries import current_programme, tier_progress
from loyalty.queries.whatif import members_to_replay, what_if
from loyalty.values import OfferShare, ProgrammeVersionId
from loyalty.whatif import By, read_tally, tally_document
from tests.loyalty.world import KEYS, give_back, line, ring

PRESET = "three-tier-grocer"
DRAFT = ProgrammeVersionId("draft")


@pytest.fixture
def lived(shop, clock, ada, ben):
    """Ada buys until she is Gold and returns a part; Ben buys a little; strangers do not count."""
    for number in range(4):
        clock.move(by=timedelta(days=9))
        with shop.begin(actor="test") as tx:
            off = OfferShare("off_1", 500, (500,))
            bought = ring(
                tx,
                ada,
                line(1, price=90_050 + number, shares=(off,) if number else ()),
                line(2, price=1999, quantity_milli=1370),
            )
            ring(tx, ben, line(1, price=777))
            ring(tx, None, line(1, price=100_000))
            if number == 3:
                give_back(tx, bought, (2, 400))
    return shop


def tallied(tx, *, today, **changes):
    document = preset_document(PRESET) | changes
    return what_if(
        tx,
        before=current_programme(tx),
        after=compile_programme(document, version_id=DRAFT),
        member_ids=members_to_replay(tx),
        since=date(2026, 1, 1),
        until=today,
    )


def test_the_rules_in_force_give_what_is_in_the_books(lived, clock, ada):
    with lived.look(actor="test") as tx:
        tally = tallied(tx, today=clock().date())
        level = tier_progress(tx, ada).level
    assert (tally.members, tally.purchases) == (2, 8)
    assert tally.booked_points > 3000
    assert tally.before == tally.after
    assert tally.before.points == tally.booked_points
    assert tally.before.levels == {level: 1, "base": 1}
    assert level == "gold"
    assert not tally.moves
    assert read_tally(json.loads(json.dumps(tally_document(tally)))) == tally
    assert {name: one.members for name, one in tally.segments[By.SPEND].items()} == {
        "3000": 1,
        "0": 1,
    }


def test_other_rules_say_who_wins_who_loses_and_who_moves(lived, clock):
    harder = preset_document(PRESET)["tiers"] | {"levels": [{"id": "base", "from": "0.00"}]}
    with lived.look(actor="test") as tx:
        tally = tallied(
            tx,
            today=clock().date(),
            tiers=harder,
            earn=[{"id": "base", "points": 1, "per": "amount", "amount": "50.00"}],
        )
    assert tally.moves == {("gold", "base"): 1}
    assert {name: (one.winners, one.losers) for name, one in tally.segments[By.LEVEL].items()} == {
        "gold": (0, 1),
        "base": (0, 1),
    }
    assert 0 < tally.after.points < tally.before.points


def test_the_terminal_says_the_same(lived, clock, settings, tmp_path):
    draft = tmp_path / "draft.yaml"
    draft.write_text(preset_text(PRESET).replace("points: 1,", "points: 3,"))
    runtime = Runtime(settings=settings, database=lived, keys=KEYS, cache=MemoryCache())
    days = ["--from", "2026-01-01", "--to", clock().date().isoformat(), "--workers", "1"]
    told = CliRunner().invoke(what_if_command, [str(draft), *days, "--json"], obj=runtime)
    assert told.exit_code == 0, told.output
    facts = json.loads(told.stdout)
    assert facts["before"]["points"] == facts["booked_points"]
    assert 3 * facts["before"]["points"] <= facts["after"]["points"]
    backwards = ["--from", "2026-02-01", "--to", "2026-01-01"]
    refused = CliRunner().invoke(what_if_command, [str(draft), *backwards], obj=runtime)
    assert "lies after" in refused.output
