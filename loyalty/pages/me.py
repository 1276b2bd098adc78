"""What a member decides: her language, what we may send her and use, and whether she stays in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response, flash

from loyalty.commands import record_consent, set_language
from loyalty.errors import UnknownStore
from loyalty.kernel.access.principals import MEMBER, allow
from loyalty.kernel.i18n import gettext
from loyalty.kernel.problems import N_
from loyalty.kernel.signing import random_token
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import current_actor, database, language, runtime, speak
from loyalty.kernel.web.pages import Form, read_form, render_page
from loyalty.pages.shopper import blueprint, go_to, self_in_hand
from loyalty.queries import consents_of, proof_standing, store
from loyalty.queries.membership import Membership
from loyalty.schemas.shopper import ConsentForm, LanguageForm
from loyalty.values import Channel
from loyalty.wordings import Wording, consent_wording, consent_wordings

LANGUAGE_NAMES = (("fr", "Français"), ("en", "English"))


@dataclass(frozen=True, slots=True)
class Choice:
    """One purpose, the words in force, and what the member last said to it."""

    wording: Wording
    granted: bool
    since: datetime | None
    attempt: str

    @property
    def read(self) -> str:
        """Return which words stand on the page, e.g. ``fr.1``."""
        return read_mark(self.wording)


@blueprint.get("/me")
@allow(MEMBER)
def me() -> Response:
    """Show who the member is and what she has decided."""
    with database().look(actor=current_actor()) as tx:
        member = self_in_hand(tx)
        choices = _choices(tx, member)
        home = _home_store(tx, member)
        proof = proof_standing(tx, member.member_id)
    return render_page(
        "loyalty/me.html",
        member=member,
        choices=choices,
        home=home,
        proof=proof,
        languages=LANGUAGE_NAMES,
    )


@blueprint.post("/me/consents")
@allow(MEMBER)
def change_consent() -> Response:
    """Write down a yes or a no, with the words she read. The same form again adds nothing."""
    form = read_form(ConsentForm())
    with database().begin(actor=current_actor()) as tx:
        member = self_in_hand(tx)
        wording = _wording_read(form)
        if wording is not None:
            record_consent(
                tx,
                member_id=member.member_id,
                given=wording.given(granted=form.values["granted"] == "yes"),
                channel=Channel.WEB,
                source=f"app:{member.member_id}:{form.values['attempt']}",
            )
    _say_saved(wording, form)
    return go_to("shopper.me", _anchor="consents")


@blueprint.post("/me/language")
@allow(MEMBER)
def change_language() -> Response:
    """Speak another language from now on, here and in messages."""
    form = read_form(LanguageForm())
    if not form.ok:
        return go_to("shopper.me")
    chosen = form.values["language"]
    with database().begin(actor=current_actor()) as tx:
        member = self_in_hand(tx)
        set_language(tx, member_id=member.member_id, language=chosen)
    speak(chosen)
    flash(_text(N_("From now on we speak English with you.")), "good")
    return go_to("shopper.me", lang=chosen)


def read_mark(wording: Wording) -> str:
    """Return the language and version of the words that were shown."""
    return f"{wording.language}.{wording.version}"


def _wording_read(form: Form) -> Wording | None:
    """Return the words that the form showed, when they are still those in force."""
    if not form.ok:
        return None
    shown_in = form.values["wordings"].partition(".")[0]
    if shown_in not in dict(LANGUAGE_NAMES):
        return None
    brand = runtime().settings.brand
    wording = consent_wording(form.values["purpose"], shown_in, brand=brand)
    return wording if read_mark(wording) == form.values["wordings"] else None


def _say_saved(wording: Wording | None, form: Form) -> None:
    """Confirm what was decided, or ask to read again."""
    if wording is None:
        flash(_text(N_("The words below have changed: please read them again.")), "warn")
    elif form.values["granted"] == "yes":
        flash(_text(N_("Switched on: {what}."), what=wording.label), "good")
    else:
        flash(_text(N_("Switched off: {what}."), what=wording.label), "good")


def _choices(tx: Tx, member: Membership) -> tuple[Choice, ...]:
    """Return every purpose with the member's present answer."""
    said = consents_of(tx, member.member_id)
    wordings = consent_wordings(language(), brand=runtime().settings.brand)
    choices = []
    for wording in wordings:
        answer = said.get(wording.purpose)
        granted = answer is not None and answer.granted
        since = answer.at if answer is not None else None
        choices.append(Choice(wording, granted, since, random_token(12)))
    return tuple(choices)


def _home_store(tx: Tx, member: Membership) -> str:
    """Return the name of the shop where she joined, if she did so in one."""
    if member.home_store_id is None:
        return ""
    try:
        return store(tx, member.home_store_id).name
    except UnknownStore:
        return ""


def _text(message: str, **values: str) -> str:
    return gettext(language(), message, **values)
