"""The marketer's pages: drafting with mistakes, scheduling, results, in French and in English."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from admin.app import create_app
from campaigns.models import Campaign
from campaigns.queries import list_campaigns
from loyalty.kernel.access.principals import Role
from tests.campaigns.desk import FORM, Desk
from tests.campaigns.world import crowd, enrol, later, schedule, send, start


@pytest.fixture
def database(sqlite_database):
    """Pages are tried on the embedded database; the commands behind them on both."""
    return sqlite_database


@pytest.fixture
def app(runtime):
    return create_app(runtime)


@pytest.fixture
def dora(app, runtime):
    return Desk(app, runtime)


def campaigns(runtime):
    with runtime.database.look() as tx:
        return list_campaigns(tx).items


def errors_of(answer):
    return re.findall(
        r'class="field__error" id="f-(\w+)-error".*?</span> ([^<]+)</span>', answer.text
    )


def test_the_empty_list_says_what_to_do(dora):
    for language, words in (("en", "No campaign here"), ("fr", "Aucune campagne ici")):
        answer = dora.open("/admin/campaigns", language)
        assert answer.status_code == 200
        assert words in answer.text
        assert f'<html lang="{language}"' in answer.text


def test_a_draft_is_kept_changed_and_scheduled(dora, runtime):
    crowd(runtime, 3)
    kept = dora.send("/admin/campaigns/new", **FORM)
    assert kept.status_code == 303
    (draft,) = campaigns(runtime)
    assert (draft.name, draft.state) == ("Gold, this week", "draft")

    page = dora.open(kept.location)
    assert "{first_name|default:Bonjour}, votre semaine" in page.text
    again = dora.send(
        f"/admin/campaigns/{draft.campaign_id}/edit",
        **{
            **FORM,
            "revision": "1",
            "name": "Gold, tonight",
            "tiers": ["base"],
            "action": "schedule",
        },
    )
    assert again.status_code == 303
    (scheduled,) = campaigns(runtime)
    assert (scheduled.name, scheduled.state) == ("Gold, tonight", "scheduled")
    shown = dora.open(again.location)
    assert "It leaves by itself on" in shown.text
    assert "Scheduled. It leaves by itself at its time." in shown.text

    start(runtime)
    send(runtime)
    dora.sign_in()
    for language, words in (("en", "not sent"), ("fr", "non envoyé")):
        shown = dora.open(again.location, language)
        assert shown.status_code == 200
        assert words in shown.text


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"fr_body": "Hi {prenom}"}, "fr_body", "no placeholder “{prenom}”. Write {first_name}."),
        ({"fr_body": "a\n{first_name"}, "fr_body", "Line 2, character 1:"),
        ({"fr_subject": "{tier}"}, "fr_subject", "may be empty. Write {tier|default:…}."),
        ({"fr_body": "[x](javascript:y)"}, "fr_body", "leads nowhere"),
        ({"name": ""}, "name", "Give a name of 1 to 80 letters."),
        ({"channels": []}, "channels", "Choose e-mail, SMS, or both."),
        ({"visit": "within", "visit_days": "soon"}, "visit_days", "A number of days from 1"),
        ({"on": "someday"}, "on", "Give a day and a time of day."),
        ({"on": "", "action": "schedule"}, "on", "Choose the day and the time."),
        ({"on": "2026-03-09", "action": "schedule"}, "on", "has passed"),
        ({"fr_sms": "", "action": "schedule"}, "fr_sms", "Write the SMS in one language at least."),
    ],
)  # fmt: skip
def test_a_mistake_is_shown_at_its_field_and_nothing_is_saved(
    dora, runtime, change, field, sentence
):
    answer = dora.send("/admin/campaigns/new", **{**FORM, **change})
    assert answer.status_code == 422
    assert sentence in dict(errors_of(answer))[field]
    assert f'href="#f-{field}"' in answer.text
    assert campaigns(runtime) == ()


def test_what_was_typed_is_still_there_after_a_mistake(dora):
    answer = dora.send(
        "/admin/campaigns/new",
        **{**FORM, "fr_body": "Bonjour {prenom} <b>", "tiers": ["gold"], "visit": "away"},
    )
    assert "Bonjour {prenom} &lt;b&gt;" in answer.text
    assert 'value="gold" checked' in answer.text
    assert 'value="away" checked' in answer.text


def test_two_people_at_one_draft_do_not_overwrite_each_other(dora, runtime):
    dora.send("/admin/campaigns/new", **FORM)
    (draft,) = campaigns(runtime)
    address = f"/admin/campaigns/{draft.campaign_id}/edit"
    assert dora.send(address, **{**FORM, "revision": "1", "name": "Mine"}).status_code == 303
    late = dora.send(address, **{**FORM, "revision": "1", "name": "Hers"})
    assert late.status_code == 409
    assert "revision 2" in late.text
    assert campaigns(runtime)[0].name == "Mine"


def test_a_taken_name_is_refused_politely(dora):
    dora.send("/admin/campaigns/new", **FORM)
    assert dora.send("/admin/campaigns/new", **FORM).status_code == 409


def test_a_scheduled_version_never_changes(dora, runtime):
    dora.send("/admin/campaigns/new", **{**FORM, "action": "schedule"})
    (scheduled,) = campaigns(runtime)
    address = f"/admin/campaigns/{scheduled.campaign_id}/edit"
    assert dora.open(address).status_code == 303
    answer = dora.send(address, **{**FORM, "revision": "2", "name": "Other"})
    assert answer.status_code == 409
    assert campaigns(runtime)[0].name == "Gold, this week"


def test_pause_resume_cancel_and_copy_by_their_buttons(dora, runtime):
    campaign_id = schedule(runtime)
    states = []
    for action in ("pause", "pause", "resume", "cancel", "cancel", "resume", "nonsense"):
        answer = dora.send(f"/admin/campaigns/{campaign_id}/state", action=action)
        assert answer.status_code == 303
        states.append(campaigns(runtime)[0].state.value)
    assert states == [
        "paused",
        "paused",
        "scheduled",
        "cancelled",
        "cancelled",
        "cancelled",
        "cancelled",
    ]
    assert "Its state does not allow this" in dora.open(f"/admin/campaigns/{campaign_id}").text

    copied = dora.send(f"/admin/campaigns/{campaign_id}/state", action="copy")
    assert copied.location.endswith("/edit")
    assert "your {points} points" in dora.open(copied.location).text


def test_the_preview_reads_as_a_member_would_and_tells_count_and_price(dora, runtime):
    crowd(runtime, 4)
    zoe = enrol(runtime, "Zoé")
    answer = dora.send(
        "/admin/campaigns/preview",
        **{**FORM, "member_id": zoe, "fr_sms": "{first_name|default:x}, à bientôt"},
    )
    assert answer.status_code == 200
    assert '<b class="num">5</b> members' in answer.text
    assert "Zoé, votre semaine" in answer.text
    assert "data-mail=" in answer.text
    assert " style=" not in answer.text
    assert "Zoé, à bientôt STOP 36180" in answer.text
    assert "<code>ô</code>" in answer.text
    assert 'data-plain="{first_name|default:x}, à bientot"' in answer.text
    assert "€0.06" in answer.text
    with runtime.database.look() as tx:
        assert tx.run(select(Campaign)).all() == []


def test_the_preview_of_mistakes_and_of_nobody(dora):
    wrong = dora.send("/admin/campaigns/preview", **{**FORM, "fr_body": "{oops}"})
    assert "There is no placeholder" in wrong.text
    nobody = dora.send("/admin/campaigns/preview", **{**FORM, "tiers": ["platinum"]})
    assert "Nobody is in this audience" in nobody.text
    unread = dora.send("/admin/campaigns/preview", **{**FORM, "visit": "never"})
    assert unread.status_code == 200
    assert "Not ready yet" in unread.text


def test_who_got_it_and_who_did_not_and_why(dora, runtime):
    enrol(runtime, "Ada")
    enrol(runtime, "Ben", purposes=())
    campaign_id = schedule(runtime)
    assert "Nobody here" in dora.open(f"/admin/campaigns/{campaign_id}/recipients").text
    start(runtime)
    send(runtime)
    dora.sign_in()
    sent = dora.open(f"/admin/campaigns/{campaign_id}/recipients").text
    assert "Ada" in sent
    assert "Ben" not in sent
    assert "ada@example.org" not in sent
    skipped = dora.client.get(
        f"/admin/campaigns/{campaign_id}/recipients?show=skipped&lang=fr"
    ).text
    assert "Ben" in skipped
    assert "pas de consentement" in skipped
    assert (
        dora.client.get(f"/admin/campaigns/{campaign_id}/recipients?after=nonsense").status_code
        == 422
    )


def test_a_missed_run_says_so(dora, runtime):
    campaign_id = schedule(runtime)
    later(runtime, hours=13)
    start(runtime)
    dora.sign_in()
    assert "This run was missed" in dora.open(f"/admin/campaigns/{campaign_id}").text


@pytest.mark.parametrize("role", [*Role, None])
def test_who_may_see_and_who_may_make(app, runtime, role):
    campaign_id = schedule(runtime)
    desk = Desk(app, runtime, role)
    may_see = role in {
        Role.MARKETER,
        Role.ADMIN,
        Role.ANALYST,
        Role.AUDITOR,
        Role.DPO,
        Role.STORE_MANAGER,
    }
    may_make = role in {Role.MARKETER, Role.ADMIN}
    refused = 302 if role is None else 403
    pages = ("", f"/{campaign_id}", f"/{campaign_id}/recipients")
    for path in pages:
        assert desk.open(f"/admin/campaigns{path}").status_code == (200 if may_see else refused)
    assert desk.open("/admin/campaigns/new").status_code == (200 if may_make else refused)
    if may_see and not may_make:
        assert "New campaign" not in desk.open("/admin/campaigns").text
        assert ">Pause<" not in desk.open(f"/admin/campaigns/{campaign_id}").text


def test_a_form_without_its_token_is_refused(dora, runtime):
    assert dora.client.post("/admin/campaigns/new", data=FORM).status_code == 403
    assert campaigns(runtime) == ()


def test_an_unknown_campaign_is_not_found(dora):
    for path in ("cmp_nobody", "cmp_nobody/edit", "cmp_nobody/recipients"):
        assert dora.open(f"/admin/campaigns/{path}").status_code == 404
