"""How the back office says what the code names: roles, changes in the audit trail, shares."""

from __future__ import annotations

from decimal import Decimal

from babel.numbers import format_decimal

from loyalty.kernel.access.principals import Role
from loyalty.kernel.i18n import gettext
from loyalty.kernel.problems import N_

ROLES = {
    Role.CASHIER: (N_("Cashier"), N_("sells at the till of one store, with a PIN")),
    Role.STORE_MANAGER: (N_("Store manager"), N_("the tills of one store, its members")),
    Role.MARKETER: (N_("Marketer"), N_("offers, campaigns, figures")),
    Role.SUPPORT: (N_("Customer service"), N_("members, their cards and their stories")),
    Role.ANALYST: (N_("Analyst"), N_("figures, offers and campaigns, to read; the books")),
    Role.ADMIN: (N_("Administrator"), N_("everything, staff and tills included")),
    Role.DPO: (N_("Data protection officer"), N_("members, and who has looked at them")),
    Role.AUDITOR: (N_("Auditor"), N_("the books and the audit trail, to read")),
}
"""What a role is called, and what it opens, in a few words."""

ACTIONS = {
    "adjust-points": N_("corrected points"),
    "approve-adjustment": N_("approved a correction of points"),
    "approve-programme": N_("approved a draft of the programme"),
    "assign-level": N_("gave a tier by hand"),
    "attach-purchase": N_("gave a member a purchase made without the card"),
    "block-card": N_("blocked a card"),
    "block-member": N_("blocked a membership"),
    "campaign.cancel": N_("cancelled a campaign"),
    "campaign.pause": N_("paused a campaign"),
    "campaign.resume": N_("resumed a campaign"),
    "campaign.schedule": N_("scheduled a campaign"),
    "cancel-voucher": N_("cancelled a voucher"),
    "claim-accepted": N_("accepted a claim"),
    "claim-refused": N_("refused a claim"),
    "correct-identity": N_("corrected a name or an address"),
    "end-offer": N_("ended an offer"),
    "erase-member": N_("erased a person"),
    "give-voucher": N_("gave a voucher"),
    "issue-card": N_("issued a card"),
    "join-pool": N_("let somebody join a household"),
    "launch-offer": N_("launched an offer"),
    "leave-pool": N_("took somebody out of a household"),
    "member.export": N_("took a member’s data out"),
    "member.read": N_("looked at a member"),
    "merge-members": N_("joined two memberships"),
    "points-exit": N_("moved points out of a household"),
    "points-gift": N_("passed a member’s points on"),
    "points-merge": N_("moved points while joining two memberships"),
    "points-pool": N_("moved points into a household"),
    "points-unmerge": N_("moved points while parting two memberships"),
    "propose-adjustment": N_("asked for a correction of points"),
    "publish-programme": N_("published the programme"),
    "redeem": N_("redeemed for a member"),
    "redemption-done": N_("handed a reward over"),
    "redemption-given_back": N_("took a reward back"),
    "redemption-released": N_("set a member’s points free"),
    "refuse-adjustment": N_("refused a correction of points"),
    "replace-card": N_("replaced a card"),
    "return-without-receipt": N_("took a return without a receipt"),
    "staff.let-go": N_("ended somebody’s access"),
    "staff.take-on": N_("took somebody on"),
    "terminal.enrol": N_("enrolled a till"),
    "terminal.invite": N_("made a code for a till"),
    "terminal.suspend": N_("suspended a till"),
    "transfer-card": N_("let a card name another member"),
    "unblock-member": N_("opened a membership again"),
    "unmerge-members": N_("parted two memberships"),
    "use-voucher": N_("used a member’s voucher"),
}
"""What privileged changes are called; one without a name is shown by its own."""

_PAGES = {
    "mbr_": ("admin.member", "member_id"),
    "off_": ("offers_admin.show", "offer_id"),
    "cmp_": ("campaigns_admin.show", "campaign_id"),
}
"""Which page shows the thing with an id, by the beginning of the id."""


def action_text(language: str, action: str) -> str:
    """Return what a change in the audit trail is called."""
    return gettext(language, ACTIONS.get(action, action))


def page_of(subject: str) -> tuple[str, str] | None:
    """Return the endpoint that shows the thing with this id, and its argument's name."""
    return _PAGES.get(subject[:4])


def percent(language: str, bp: int, *, signed: bool = False) -> str:
    """Return basis points as whole percents, half a percent up: ``93 %`` or ``93%``."""
    whole = (abs(bp) + 50) // 100
    sign = "−" if bp < 0 and whole else "+" if signed and whole else ""  # noqa: RUF001 - a minus
    gap = "\u00a0" if language == "fr" else ""
    return f"{sign}{whole}{gap}%"


def quantity(language: str, milli: int) -> str:
    """Return thousandths of a unit or kilo as people write them: ``2``, ``0,75`` or ``0.75``."""
    return format_decimal(Decimal(milli).scaleb(-3), locale=language)


def masked(text: str) -> str:
    """Return an address or number with its middle hidden, for those who need not write to it."""
    start, at, domain = text.partition("@")
    if at:
        return f"{start[:1]}…@{domain}"
    return f"… {text[-2:]}"
