"""The one rendering of refusals: RFC 9457 for machines, a page for people.

The framework's own errors (404, 405, 413, 415, 422, 500 ...) take the same shape.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, flash, json, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, MethodNotAllowed, default_exceptions

from loyalty.kernel.access.principals import PrincipalKind
from loyalty.kernel.i18n import gettext, problem_text
from loyalty.kernel.problems import N_, InvalidInput, Kind, NotSignedIn, Problem
from loyalty.kernel.web.context import is_api, language
from loyalty.kernel.web.cookies import read_cookie

log = logging.getLogger(__name__)

STATUS = {
    Kind.INVALID: 422,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.METHOD: 405,
    Kind.CONFLICT: 409,
    Kind.TOO_LARGE: 413,
    Kind.UNSUPPORTED: 415,
    Kind.TOO_MANY: 429,
    Kind.UNAVAILABLE: 503,
    Kind.BROKEN: 500,
}
"""The only table that knows numbers."""

MEDIA_TYPE = "application/problem+json"
SIGN_IN = {
    "/app": ("shopper.sign_in", PrincipalKind.MEMBER),
    "/till": ("till.welcome", PrincipalKind.TERMINAL),
    "/admin": ("admin.sign_in", PrincipalKind.STAFF),
}
"""Where people of each face sign in, and whose cookie they would have, by the start of the path."""


def install_problems(app: Flask) -> None:
    """Render every refusal and every error of this application in one shape."""
    app.register_error_handler(Problem, on_problem)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(Exception, on_mistake)


def on_problem(problem: Problem) -> ResponseReturnValue:
    """Answer with a refusal of ours."""
    if isinstance(problem, NotSignedIn) and not wants_json():
        return _to_sign_in()
    title, detail = problem_text(language(), problem)
    wait = _wait(problem)
    return _answer(
        Refusal(problem.slug, title, STATUS[problem.kind], detail, problem.facts(), wait)
    )


def on_http_error(error: HTTPException) -> ResponseReturnValue:
    """Answer with an error of the framework: no such address, wrong method, unreadable body."""
    if error.response is not None:
        return error.response
    messages = getattr(error, "data", {}).get("messages")
    if messages:
        return on_problem(InvalidInput(_spoken(_flat(messages))))
    status = error.code or 500
    slug = _slug(error.name)
    title = gettext(language(), _TITLES.get(status, error.name))
    detail = _sentence(error, status)
    answer = _answer(Refusal(slug, title, status, detail))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(error.valid_methods)
    return answer


def on_mistake(error: Exception) -> ResponseReturnValue:
    """Answer for a mistake of ours: log it whole, tell nothing of it."""
    log.error("unhandled error", exc_info=error)
    title = gettext(language(), N_("Something went wrong on our side"))
    detail = gettext(language(), N_("It has been written down. Try again; repeating is safe."))
    return _answer(Refusal("internal-server-error", title, 500, detail))


def wants_json() -> bool:
    """Tell whether the caller is better served with ``problem+json`` than with a page."""
    if is_api():
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return best == "application/json" and not request.path.startswith("/static/")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is answered, in the caller's language; ``wait`` seconds before trying again."""

    slug: str
    title: str
    status: int
    detail: str
    facts: dict[str, Any] = field(default_factory=dict)
    wait: int | None = None


def _answer(refusal: Refusal) -> Response:
    if wants_json():
        response = _json(refusal)
    else:
        response = Response(render_template("errors/problem.html", problem=refusal), refusal.status)
    if refusal.wait is not None:
        response.headers["Retry-After"] = str(refusal.wait)
    return response


def _json(refusal: Refusal) -> Response:
    document = {
        "type": f"/problems/{refusal.slug}",
        "title": refusal.title,
        "status": refusal.status,
        "detail": refusal.detail,
        "instance": request.path,
    }
    return Response(json.dumps(document | refusal.facts), refusal.status, content_type=MEDIA_TYPE)


def _to_sign_in() -> ResponseReturnValue:
    """Send a person to the sign-in of the face she was on, saying why."""
    for start, (endpoint, kind) in SIGN_IN.items():
        if request.path.startswith(start):
            if read_cookie(kind.value):
                flash(
                    gettext(language(), N_("Your session has ended. Please sign in again.")), "info"
                )
            back = request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(url_for(endpoint, next=back))
    title, detail = problem_text(language(), NotSignedIn())
    return _answer(Refusal("not-signed-in", title, 401, detail))


def _wait(problem: Problem) -> int | None:
    """Return the seconds after which to try again."""
    seconds = getattr(problem, "seconds", None)
    return int(seconds) if seconds is not None else problem.retry_after


def _sentence(error: HTTPException, status: int) -> str:
    """Return what to do next; for unreadable bodies the reader's own words."""
    if status in _SENTENCES:
        return gettext(language(), _SENTENCES[status])
    return error.description or gettext(language(), N_("The request could not be understood."))


_TITLES = {
    400: N_("The request cannot be read"),
    404: N_("Not found"),
    405: N_("Not in this way"),
    413: N_("Too large"),
    415: N_("Send JSON"),
}
_SENTENCES = {
    404: N_("There is nothing at this address."),
    405: N_("This address takes other methods: see the Allow header."),
    413: N_("The request is larger than this address accepts."),
    415: N_("Send the body as application/json."),
}


FRAMEWORK_STATUS = (400, 404, 405, 413, 415, 500)


def framework_refusals() -> dict[str, Refusal]:
    """Return the framework's own refusals by slug, in the language of the caller."""
    found = {}
    for status in FRAMEWORK_STATUS:
        error = default_exceptions[status]()
        title = gettext(language(), _TITLES.get(status, error.name))
        found[_slug(error.name)] = Refusal(
            _slug(error.name), title, status, _sentence(error, status)
        )
    return found


def _slug(name: str) -> str:
    """Return the slug of a framework error: ``method-not-allowed``."""
    return name.lower().replace(" ", "-")


def _spoken(messages: Any) -> Any:
    """Return the sentences of fields in the language of the caller, whatever they are nested in."""
    if isinstance(messages, dict):
        return {name: _spoken(inner) for name, inner in messages.items()}
    if isinstance(messages, list):
        return [_spoken(inner) for inner in messages]
    return gettext(language(), messages) if isinstance(messages, str) else messages


def _flat(messages: Any) -> dict[str, Any]:
    """Return webargs' messages without the level that names where they came from."""
    if isinstance(messages, dict) and set(messages) <= {"json", "query", "form", "headers", "path"}:
        flat: dict[str, Any] = {}
        for inner in messages.values():
            flat.update(inner if isinstance(inner, dict) else {"_": inner})
        return flat
    return messages if isinstance(messages, dict) else {"_": messages}
