"""A draft is tried on real purchases: asked for, watched, read."""

from __future__ import annotations

from loyalty.jobs import replay_purchases
from loyalty.kernel.access.principals import Role
from loyalty.kernel.jobs import More
from tests.admin.office import words

HOME = "/admin/what-if"
PERIOD = {"first_on": "2025-01-01", "last_on": "2026-12-31"}


def ask(office, desk, **data):
    """Ask for a replay of everything under the draft of the shop."""
    wanted = {"draft": office.draft, **PERIOD, **data}
    return desk.press(f"{HOME}?lang=en", HOME, **wanted)


def test_a_draft_is_replayed_and_its_effect_is_told(office):
    desk = office.desk(Role.MARKETER)
    shown = ask(office, desk).headers["Location"]
    waiting = words(desk.open(f"{shown}?lang=en").text)
    assert "Waiting for the worker to begin" in waiting
    while isinstance(replay_purchases(office.runtime), More):
        pass
    assert "has ended" in words(desk.open(f"{shown}/progress?lang=en").text)
    told = words(desk.open(f"{shown}?lang=en").text)
    for said in ("Points given instead", "exactly the points in the books", "No store"):
        assert said in told
    assert "Écart de points donnés" in words(desk.open(f"{shown}?lang=fr").text)
    assert "running" not in words(desk.open(f"{HOME}?lang=en").text)


def test_what_cannot_be_replayed_is_refused(office):
    desk = office.desk(Role.MARKETER)
    assert ask(office, desk, first_on="2027-01-01").status_code == 422
    assert ask(office, desk, last_on="soon").status_code == 422
    assert ask(office, desk, draft="").status_code == 404
    assert desk.open(f"{HOME}/wif_none").status_code == 404
