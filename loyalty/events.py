"""What has happened in the ledger's world. Fields are only ever added."""

from __future__ import annotations

from dataclasses import dataclass

from loyalty.kernel.outbox import Event


@dataclass(frozen=True, slots=True)
class MemberEnrolled(Event):
    """A member joined and holds a card."""

    member_id: str


@dataclass(frozen=True, slots=True)
class PurchaseRecorded(Event):
    """A sale was written down, with its postings. ``member_id`` is empty without a card."""

    purchase_id: str
    member_id: str


@dataclass(frozen=True, slots=True)
class PurchaseReturned(Event):
    """Articles came back and their effects were reversed."""

    purchase_id: str
    return_id: str
    member_id: str


@dataclass(frozen=True, slots=True)
class ReturnedWithoutReceipt(Event):
    """Articles came back and nobody had the receipt. ``member_id`` is empty without a card."""

    return_id: str
    member_id: str
    staff_id: str
    value_minor: int


@dataclass(frozen=True, slots=True)
class ClaimAnswered(Event):
    """A claim of a purchase was settled, accepted or refused."""

    claim_id: str
    member_id: str
    state: str


@dataclass(frozen=True, slots=True)
class ChallengeMet(Event):
    """A member reached a step of a challenge; the first has the number 0."""

    member_id: str
    challenge: str
    step: int


@dataclass(frozen=True, slots=True)
class TierReached(Event):
    """A member rose to, or fell back to, ``level``."""

    member_id: str
    level: str
    previous: str


@dataclass(frozen=True, slots=True)
class ConsentChanged(Event):
    """A member gave or withdrew a consent."""

    member_id: str
    purpose: str


@dataclass(frozen=True, slots=True)
class SignInRequested(Event):
    """A member asked for a link to her card; whoever may write to her sends it."""

    member_id: str
    request_id: str


@dataclass(frozen=True, slots=True)
class PointsTransferred(Event):
    """Points moved from a member to another."""

    transfer_id: str
    member_id: str
    to_member_id: str
    points: int


@dataclass(frozen=True, slots=True)
class MembersMerged(Event):
    """Two memberships became one: ``member_id`` stays."""

    merge_id: str
    member_id: str
    other_id: str


@dataclass(frozen=True, slots=True)
class MembersParted(Event):
    """A merge was undone."""

    merge_id: str
    member_id: str
    other_id: str


@dataclass(frozen=True, slots=True)
class MemberErased(Event):
    """What names a person was deleted; whoever keeps more of her deletes it too."""

    member_id: str


@dataclass(frozen=True, slots=True)
class RetentionNear(Event):
    """A member was not in touch for long: unless she is, her data will be erased."""

    member_id: str


@dataclass(frozen=True, slots=True)
class MemberMessageDue(Event):
    """The ledger wants a member written to: a welcome, a milestone, or what somebody asked for."""

    member_id: str
    message: str
    channel: str


@dataclass(frozen=True, slots=True)
class MemberEventRecorded(Event):
    """Something happened to a member that may earn."""

    member_id: str
    event: str


@dataclass(frozen=True, slots=True)
class ReferralSettled(Event):
    """Both sides of a referral were rewarded, or what they got was taken back."""

    member_id: str
    referrer_id: str
    state: str
