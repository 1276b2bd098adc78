"""Enrolment from a poster in the shop or from the web: twenty seconds, then the card."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, flash, request
from sqlalchemy.exc import IntegrityError

from loyalty.commands import enrol_member
from loyalty.errors import EmailTaken, InvalidIdentity, PhoneTaken, SourceReused
from loyalty.kernel.access.principals import allow
from loyalty.kernel.i18n import gettext
from loyalty.kernel.problems import N_, TooManyTries
from loyalty.kernel.signing import digest, random_token
from loyalty.kernel.web.context import database, language, runtime
from loyalty.kernel.web.csrf import csrf_token
from loyalty.kernel.web.pages import EMPTY_FORM, Form, read_form, refused_form, render_page
from loyalty.pages.entering import open_session
from loyalty.pages.rule_words import Rules, rules_in_force
from loyalty.pages.shopper import MAYBE_MEMBER, blueprint, go_to, limit_tries, member_here
from loyalty.queries import StoreFacts, stores
from loyalty.schemas.shopper import JoinForm
from loyalty.values import Channel, ConsentGiven, Identity, StoreId
from loyalty.wordings import Wording, consent_wordings

TRIES, TRIES_SECONDS = 30, 600
_FIELDS = {
    "given_name": N_("Give your first name, with at most 80 letters."),
    "email": N_("This is not an e-mail address. Check it, letter by letter."),
    "phone": N_("This is not a telephone number. Add the country code if it is not French."),
}
_TAKEN = {
    EmailTaken: ("email", N_("Somebody already has a card with this e-mail address.")),
    PhoneTaken: ("phone", N_("Somebody already has a card with this telephone number.")),
}


@dataclass(frozen=True, slots=True)
class Poster:
    """What stands around the form: the shop of the poster, the rules, the words to agree to."""

    store: StoreFacts | None
    rules: Rules
    wordings: tuple[Wording, ...]

    @property
    def print_of_wordings(self) -> str:
        """Return which words were shown: the language and each version, e.g. ``fr.1.1.1``."""
        versions = ".".join(str(wording.version) for wording in self.wordings)
        return f"{self.wordings[0].language}.{versions}"


@blueprint.get("/join")
@allow(MAYBE_MEMBER)
def join() -> Response:
    """Show the enrolment form."""
    return _form(EMPTY_FORM)


@blueprint.post("/join")
@allow(MAYBE_MEMBER)
def join_now() -> Response:
    """Enrol the shopper and open her card. The same form sent twice enrols once."""
    try:
        limit_tries("join", tries=TRIES, seconds=TRIES_SECONDS)
    except TooManyTries as wait:
        flash(
            _say(N_("Many people are joining from here. Wait a few minutes, then try again.")),
            "warn",
        )
        return _form(_as_typed(), status=429, wait=wait.seconds)
    form = read_form(JoinForm())
    if not form.ok:
        return _form(form, status=422)
    poster = _poster(form.typed.get("store", ""))
    if form.values["consents"] and form.values["wordings"] != poster.print_of_wordings:
        flash(_say(N_("The words below have changed: please read them again.")), "warn")
        return _form(form, status=409)
    return _enrol_or_say_why(form, poster)


def _enrol_or_say_why(form: Form, poster: Poster) -> Response:
    """Enrol, or show the form again with the reason beside the field it concerns."""
    try:
        return _enrol_even_if_sent_twice(form, poster)
    except SourceReused:
        flash(_say(N_("This form was sent before. Check it, then send it again.")), "warn")
        return _form(_anew(form), status=409)
    except InvalidIdentity as refusal:
        return _form(refused_form(form, refusal.field, _say(_FIELDS[refusal.field])), status=422)
    except (EmailTaken, PhoneTaken) as refusal:
        field, sentence = _TAKEN[type(refusal)]
        return _form(refused_form(form, field, _say(sentence)), status=409, taken=field)


def _enrol_even_if_sent_twice(form: Form, poster: Poster) -> Response:
    """Enrol; when the same form arrives twice at one instant, one is written and both answered.

    The second may look for its own enrolment just before the first commits, and then meet its
    address or its ``source`` there. Begun anew it finds that enrolment and repeats the answer;
    an address that is somebody else's is refused again.
    """
    try:
        return _enrol(form, poster)
    except (EmailTaken, PhoneTaken, IntegrityError):
        return _enrol(form, poster)


def _enrol(form: Form, poster: Poster) -> Response:
    """Write the member down and sign her in, in one transaction."""
    wanted = form.values
    response = go_to("shopper.card")
    with database().begin(actor="public") as tx:
        enrolled = enrol_member(
            tx,
            keys=runtime().keys,
            identity=Identity(
                given_name=wanted["given_name"],
                email=wanted["email"] or None,
                phone=wanted["phone"] or None,
            ),
            channel=Channel.POSTER if poster.store else Channel.WEB,
            language=wanted["language"],
            home_store_id=poster.store.store_id if poster.store else None,
            consents=_agreed(form, poster),
            source=_source(wanted["attempt"]),
        )
        open_session(tx, response, enrolled.member_id)
    if not enrolled.replayed:
        welcome = N_("Welcome, {name}! Here is your card.")
        flash(gettext(wanted["language"], welcome, name=wanted["given_name"]), "good")
    return response


def _agreed(form: Form, poster: Poster) -> tuple[ConsentGiven, ...]:
    """Return a yes for each box that was ticked, with the words beside it."""
    ticked = form.values["consents"]
    return tuple(one.given(granted=True) for one in poster.wordings if one.purpose in ticked)


def _source(attempt: str) -> str | None:
    """Return the name of this enrolment: the form that was shown, in this browser."""
    return f"join:{digest(csrf_token())[:24]}:{attempt}" if attempt else None


def _form(
    form: Form, *, status: int = 200, taken: str | None = None, wait: int | None = None
) -> Response:
    """Show the form as it was typed, with what is wrong beside each field."""
    store = form.typed.get("store") or request.args.get("store", "")
    response = render_page(
        "loyalty/join.html",
        status=status,
        form=form,
        poster=_poster(store),
        attempt=form.typed.get("attempt") or random_token(12),
        ticked=request.form.getlist("consents"),
        taken=taken,
        here=member_here(),
    )
    if wait is not None:
        response.headers["Retry-After"] = str(wait)
    return response


def _poster(store_id: str) -> Poster:
    """Return what stands around the form. A shop that has closed does not stop an enrolment."""
    settings = runtime().settings
    with database().look() as tx:
        known = {store.store_id: store for store in stores(tx)}
        rules = rules_in_force(tx, language())
    wordings = consent_wordings(language(), brand=settings.brand)
    return Poster(store=known.get(StoreId(store_id)), rules=rules, wordings=wordings)


def _as_typed() -> Form:
    return Form(typed=dict(request.form.items()), values={}, errors={})


def _anew(form: Form) -> Form:
    """Return the form under a new name, to be sent as another enrolment."""
    typed = {key: value for key, value in form.typed.items() if key != "attempt"}
    return Form(typed=typed, values={}, errors={})


def _say(sentence: str) -> str:
    return gettext(language(), sentence)
