"""A phone without scripts: it follows links, fills forms in and keeps cookies."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from loyalty.kernel.access.principals import PrincipalKind
from loyalty.kernel.access.sessions import start_session
from loyalty.kernel.db import Database

COOKIE = "palier-member"


@dataclass
class SentForm:
    """A form of a page: where it goes, and what it holds before anybody types."""

    action: str
    fields: dict[str, Any] = field(default_factory=dict)


class Forms(HTMLParser):
    """Collects the forms of a page with their hidden and filled-in fields."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[SentForm] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        facts = dict(attrs)
        if tag == "form":
            self.found.append(SentForm(facts["action"]))
        elif tag == "input" and self.found and facts.get("type") not in ("checkbox", "radio"):
            self.found[-1].fields[facts["name"]] = facts.get("value", "")


class Phone:
    """What a shopper holds in her hand."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def another(self) -> Phone:
        """Return a phone of somebody else, or another device of hers."""
        return Phone(self.client.application)

    def open(self, path: str, **options) -> TestResponse:
        """Open a page without following where it sends us."""
        return self.client.get(path, buffered=True, **options)

    def form(self, page: str, action: str, *, nth: int = 0) -> SentForm:
        """Return the form of ``page`` that goes to ``action``, as it was shown."""
        shown = Forms(self.client.get(page).text).found
        return [form for form in shown if form.action.split("?")[0] == action][nth]

    def send(self, form: SentForm, **typed) -> TestResponse:
        """Send a form; what is typed replaces what it held."""
        return self.client.post(form.action, data={**form.fields, **typed})

    def press(self, page: str, action: str, *, nth: int = 0, **typed) -> TestResponse:
        """Open a page, fill one of its forms in and send it."""
        return self.send(self.form(page, action, nth=nth), **typed)

    def join(self, **typed) -> TestResponse:
        """Enrol through the form."""
        where = typed.pop("page", "/app/join?store=lyon-1&lang=en")
        return self.press(where, "/app/join", **typed)

    def sign_in_as(self, database: Database, member_id: str) -> Phone:
        """Hold a session of this member, as if she had just opened her link."""
        with database.begin(actor="test") as tx:
            session = start_session(tx, kind=PrincipalKind.MEMBER, subject_id=member_id)
        self.client.set_cookie(COOKIE, session.token)
        return self
