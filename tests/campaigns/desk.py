"""A member of staff at her desk, and a reader with a mail program: clients without scripts."""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from loyalty.kernel.access.people import take_on_staff
from loyalty.kernel.access.principals import PrincipalKind, Role
from loyalty.kernel.access.sessions import start_session
from loyalty.kernel.runtime import Runtime

FORM: dict[str, Any] = {
    "name": "Gold, this week",
    "revision": "0",
    "visit": "any",
    "channels": ["email", "sms"],
    "fr_subject": "{first_name|default:Bonjour}, votre semaine",
    "fr_body": "# Bonjour\n\n**{points}** points. [Ma carte]({card_link})",
    "fr_sms": "{first_name|default:Bonjour}, {points} points.",
    "on": "2026-03-10",
    "at": "11:00",
    "action": "save",
}


class Desk:
    """A browser in the back office."""

    def __init__(self, app: Flask, runtime: Runtime, role: Role | None = Role.MARKETER) -> None:
        self.client = app.test_client()
        self.runtime = runtime
        self._token = ""
        self.staff_id = ""
        if role is not None:
            with runtime.database.begin(actor="test") as tx:
                self.staff_id = take_on_staff(
                    tx,
                    name="Dora",
                    role=role,
                    email=f"{role}@example.org",
                    password="a long enough password",
                    pin="739150" if role is Role.CASHIER else None,
                ).staff_id
            self.sign_in()

    def sign_in(self) -> None:
        """Sign in, or in again after the clock has moved."""
        with self.runtime.database.begin(actor="test") as tx:
            session = start_session(tx, kind=PrincipalKind.STAFF, subject_id=self.staff_id)
        self.client.set_cookie("palier-staff", session.token)

    def open(self, path: str, language: str = "en") -> TestResponse:
        """Open a page."""
        return self.client.get(path, query_string={"lang": language})

    def token(self) -> str:
        """Return the form token that the pages give this browser."""
        if not self._token:
            page = self.open("/admin/campaigns").text
            found = re.search(r'name="csrf-token" content="([^"]+)"', page)
            assert found is not None
            self._token = found[1]
        return self._token

    def send(self, path: str, **fields: Any) -> TestResponse:
        """Send a form with its token."""
        return self.client.post(path, data={"csrf_token": self.token(), **fields})

    def call(self, method: str, path: str, body: Any = None) -> TestResponse:
        """Call the API as the page's own scripts do."""
        options = {"json": body} if body is not None else {}
        return self.client.open(
            f"/api/v1/campaigns{path}",
            method=method,
            headers={"X-CSRF-Token": self.token()},
            **options,
        )
