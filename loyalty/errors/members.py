"""Refusals about members and what is known of them."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.kernel.problems import N_, Kind, Problem
from loyalty.values import MemberId


@dataclass(eq=False)
class UnknownMember(Problem):
    """Nobody has this member id, or the person was erased."""

    member_id: MemberId

    kind = Kind.NOT_FOUND
    slug = "unknown-member"
    title = N_("Unknown member")
    template = N_("There is no member {member_id}. Look for the member again.")


@dataclass(eq=False)
class MemberBlocked(Problem):
    """The membership is blocked: it neither earns nor spends until staff lift the block."""

    member_id: MemberId

    kind = Kind.CONFLICT
    slug = "member-blocked"
    title = N_("Membership blocked")
    template = N_("This membership is blocked. Customer service can lift the block.")


@dataclass(eq=False)
class EmailTaken(Problem):
    """Another member already has this e-mail address; nobody was enrolled."""

    kind = Kind.CONFLICT
    slug = "email-taken"
    title = N_("This e-mail address is already known")
    template = N_("A member already has this e-mail address. Ask for a link to the card instead.")


@dataclass(eq=False)
class PhoneTaken(Problem):
    """Another member already has this telephone number; nobody was enrolled."""

    kind = Kind.CONFLICT
    slug = "phone-taken"
    title = N_("This telephone number is already known")
    template = N_("A member already has this telephone number. Look for the card instead.")


@dataclass(eq=False)
class InvalidIdentity(Problem):
    """A name, address, number or birth date cannot be one; nothing was changed.

    ``field`` names it: ``given_name``, ``family_name``, ``email``, ``phone`` or ``born_on``.
    """

    field: str

    kind = Kind.INVALID
    slug = "invalid-identity"
    title = N_("Please check what you typed")
    template = N_("This does not look right: {field}. Correct it and send it again.")


@dataclass(eq=False)
class SourceReused(Problem):
    """The same source was used before for something else; nothing was done.

    Send a repeat with exactly the same content, or a new request with a new source.
    """

    source: str

    kind = Kind.CONFLICT
    slug = "source-reused"
    title = N_("This source stands for another request")
    template = N_("{source} was already used with other content. Use a new source.")


@dataclass(eq=False)
class SelfReferral(Problem):
    """Who was brought has the address or the number of the one who brings her: nobody joined."""

    kind = Kind.CONFLICT
    slug = "self-referral"
    title = N_("Nobody can refer herself")
    template = N_("This is the person who refers. Enrol without a referral, or use another card.")
