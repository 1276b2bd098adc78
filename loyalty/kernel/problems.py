"""Refusals: what the caller may not do, why, and what to do next.

A refusal is an exception, raised by pure rules, queries and commands alike. It knows nothing of
HTTP; ``kernel.web.problems`` renders it as RFC 9457 ``application/problem+json``, pages render it
as a sentence, the command line prints it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, ClassVar


class Kind(StrEnum):
    """Who must act, and how."""

    INVALID = "correct the request"
    UNAUTHENTICATED = "sign in"
    FORBIDDEN = "ask somebody who may"
    NOT_FOUND = "look for something else"
    METHOD = "use another method"
    CONFLICT = "look at the current state, then decide"
    TOO_LARGE = "send less"
    UNSUPPORTED = "send it in another form"
    TOO_MANY = "wait, then try again"
    UNAVAILABLE = "try again soon"
    BROKEN = "tell us"


def N_(message: str) -> str:  # noqa: N802 - the customary name of the marker
    """Mark ``message`` for translation without translating it."""
    return message


@dataclass(eq=False)
class Problem(Exception):
    """A refusal. Subclasses give slug, title and a template over their own fields.

    The docstring of the subclass is its documentation page at ``/problems/<slug>``.
    """

    kind: ClassVar[Kind] = Kind.INVALID
    slug: ClassVar[str] = ""
    title: ClassVar[str] = ""
    template: ClassVar[str] = ""
    retry_after: ClassVar[int | None] = None
    """Seconds after which trying again makes sense, for ``TOO_MANY`` and ``UNAVAILABLE``."""

    def facts(self) -> dict[str, Any]:
        """Return the refusal's own fields, fit for JSON."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    @property
    def detail(self) -> str:
        """Return the sentence in English; ``kernel.i18n.problem_text`` translates it."""
        return self.template.format(**self.facts())

    def __str__(self) -> str:
        """Return the sentence, so that an uncaught refusal reads well in a log."""
        return self.detail


def _plain(value: Any) -> Any:
    """Return ``value`` as JSON would carry it."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return str(value)


@dataclass(eq=False)
class InvalidInput(Problem):
    """One or more fields of the request are wrong; nothing was done.

    ``errors`` names each field by its path and says what is wrong with it.
    """

    errors: dict[str, Any]

    kind = Kind.INVALID
    slug = "invalid-input"
    title = N_("Some fields are not right")
    template = N_("Correct the fields that are named and send the request again.")


@dataclass(eq=False)
class NotFound(Problem):
    """There is nothing at this address, or nothing that you may see."""

    what: str

    kind = Kind.NOT_FOUND
    slug = "not-found"
    title = N_("Not found")
    template = N_("There is no {what} here.")


@dataclass(eq=False)
class NotSignedIn(Problem):
    """The request carries no valid sign-in: none, expired, or revoked."""

    kind = Kind.UNAUTHENTICATED
    slug = "not-signed-in"
    title = N_("Please sign in")
    template = N_("Sign in, or use a valid key, then try again.")


@dataclass(eq=False)
class NotAllowed(Problem):
    """You are signed in, but this is not yours to do."""

    kind = Kind.FORBIDDEN
    slug = "not-allowed"
    title = N_("This is not yours to do")
    template = N_("Ask somebody with the right role.")


@dataclass(eq=False)
class StorageUnavailable(Problem):
    """The database cannot be reached or refuses to write. Nothing was half done."""

    kind = Kind.UNAVAILABLE
    slug = "storage-unavailable"
    title = N_("The database is not answering")
    template = N_("Nothing was written. Try again in a moment; repeating is safe.")
    retry_after = 2


@dataclass(eq=False)
class TooManyTries(Problem):
    """Too many tries in a short time from this place or for this thing."""

    seconds: int

    kind = Kind.TOO_MANY
    slug = "too-many-tries"
    title = N_("Too many tries")
    template = N_("Wait {seconds} seconds, then try again.")
