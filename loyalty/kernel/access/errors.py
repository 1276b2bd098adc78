"""Refusals about signing in and enrolling tills."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.kernel.problems import N_, Kind, Problem


@dataclass(eq=False)
class WrongCredentials(Problem):
    """The e-mail and password, or the PIN, do not belong together. The same for every cause."""

    kind = Kind.UNAUTHENTICATED
    slug = "wrong-credentials"
    title = N_("That did not work")
    template = N_("Check what you typed and try again.")


@dataclass(eq=False)
class EmailTaken(Problem):
    """Somebody on the staff already has this e-mail address."""

    kind = Kind.CONFLICT
    slug = "staff-email-taken"
    title = N_("This address is taken")
    template = N_("Somebody on the staff already uses this e-mail address.")


@dataclass(eq=False)
class WeakSecret(Problem):
    """A password or PIN is too easy. Passwords need 12 characters, PINs 6 digits."""

    kind = Kind.INVALID
    slug = "weak-secret"
    title = N_("Too easy to guess")
    template = N_("A password needs at least 12 characters, a PIN 6 digits that are not all alike.")


@dataclass(eq=False)
class EnrolmentRefused(Problem):
    """The enrolment code of a till is unknown, used, or has lapsed after its 15 minutes."""

    kind = Kind.FORBIDDEN
    slug = "enrolment-refused"
    title = N_("This code does not enrol a till")
    template = N_("Ask a manager for a new code; each works once, for 15 minutes.")


@dataclass(eq=False)
class TillTaken(Problem):
    """The store already has a till of this name."""

    store_id: str
    till: str

    kind = Kind.CONFLICT
    slug = "till-taken"
    title = N_("This till exists already")
    template = N_("Store {store_id} already has a till {till}: renew its code instead.")


@dataclass(eq=False)
class TerminalSuspended(Problem):
    """This till has been suspended by a manager; nothing it sends is accepted."""

    kind = Kind.FORBIDDEN
    slug = "terminal-suspended"
    title = N_("This till is suspended")
    template = N_("Ask a manager to activate it again.")


@dataclass(eq=False)
class SignatureRefused(Problem):
    """The signature of a till's request does not hold.

    ``reason``: ``missing``, ``malformed``, ``component-missing``, ``unknown-key``, ``stale``,
    ``replayed``, ``digest`` (the body was changed) or ``wrong``.
    """

    reason: str

    kind = Kind.UNAUTHENTICATED
    slug = "signature-refused"
    title = N_("The signature does not hold")
    template = N_("Sign the request as the integrator's guide says ({reason}).")
