"""A survey on the pages: published from its text, answered on the phone, its results."""

from __future__ import annotations

from loyalty.kernel.access.principals import Role
from tests.loyalty.test_surveys import GIVEN, TEXT


def test_staff_publish_a_member_answers_and_the_results_show_it(office):
    desk = office.desk(Role.MARKETER)
    phone = office.stranger().sign_in_as(office.database, office.ben)
    wrong = desk.press("/admin/surveys?lang=en", "/admin/surveys", text="id: x")
    published = desk.press("/admin/surveys", "/admin/surveys", text=TEXT)
    asked = phone.open("/app/surveys?lang=en").text
    missing = phone.press("/app/surveys?lang=en", "/app/surveys/march", again="9")
    sent = phone.press("/app/surveys", "/app/surveys/march", **GIVEN)
    shown = desk.open("/admin/surveys/march?lang=en").text

    assert (wrong.status_code, published.status_code) == (422, 303)
    assert "Would you recommend us?" in asked
    assert (missing.status_code, sent.status_code) == (422, 303)
    assert "Nothing to answer" in phone.open("/app/surveys?lang=en").text
    assert "1 promoters (9 and 10) less 0 detractors" in shown
    assert "&lt;b&gt;Nice&lt;/b&gt; people" in shown
    assert "Your opinion of March" in desk.open("/admin/surveys?lang=en").text
