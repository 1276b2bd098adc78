"""``loyalty campaigns ...``."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from campaigns.cli import campaigns
from tests.campaigns.world import enrol, later, mailbox, schedule, states


@pytest.fixture
def database(sqlite_database):
    return sqlite_database


def run(runtime, *arguments):
    result = CliRunner().invoke(campaigns, list(arguments), obj=runtime, catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_list_send_and_results(runtime):
    enrol(runtime, "Ada")
    enrol(runtime, "Ben", purposes=())
    campaign_id = schedule(runtime)
    assert "scheduled" in run(runtime, "list")
    assert json.loads(run(runtime, "list", "--json"))["id"] == campaign_id
    assert run(runtime, "list", "--state", "paused") == ""

    later(runtime, minutes=31)
    assert "2 members frozen" in run(runtime, "send-due")
    assert len(mailbox(runtime)) == 1
    assert run(runtime, "results", campaign_id).splitlines() == [
        "email: 2 = 1 sent + 1 skipped + 0 failed + 0 pending",
        "         1  no-consent",
    ]
    assert json.loads(run(runtime, "results", campaign_id, "--json"))["sent"] == 1
    assert "nothing due" in run(runtime, "send-due")


def test_stop_silences_a_number(runtime):
    ada = enrol(runtime, "Ada", phone="+33612345678")
    assert run(runtime, "stop", "+33612345678") == f"stop: {ada}\n"
    assert run(runtime, "stop", "+33612345679", "ARRÊT") == "stop: nobody we know\n"
    assert run(runtime, "stop", "+33612345679", "merci") == "nothing: nobody we know\n"
    schedule(runtime, channels=["sms"])
    later(runtime, minutes=31)
    run(runtime, "send-due")
    assert states(runtime) == {(ada, "sms"): "skipped:no-consent"}
