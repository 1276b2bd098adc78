"""What the marketer's pages show, read and put into her language."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from campaigns.audience import explain
from campaigns.document import CampaignDocument
from campaigns.queries import (
    CampaignDetail,
    Preview,
    Recipient,
    Terms,
    campaign_detail,
    campaign_results,
    preview_campaign,
    recipients,
)
from campaigns.queries.campaign import GROUPS
from campaigns.values import CampaignId, Reason, Results
from campaigns.wording.spelling import LANGUAGES, language_of
from campaigns.wording.vocabulary import PLACEHOLDERS, Placeholder
from loyalty.kernel.clock import local
from loyalty.kernel.problems import N_
from loyalty.kernel.tx import Tx
from loyalty.kernel.web.context import current_actor, database, language, runtime
from loyalty.kernel.web.paging import read_cursor, write_cursor
from loyalty.queries import current_programme, stores
from loyalty.values import MemberId

REASONS = {
    Reason.MEMBER_GONE: N_("the member is gone"),
    Reason.MEMBER_BLOCKED: N_("the membership is blocked"),
    Reason.NO_ADDRESS: N_("no address"),
    Reason.NO_CONSENT: N_("no consent"),
    Reason.SUPPRESSED: N_("the address is not written to"),
    Reason.WEEKLY_CAP: N_("enough messages this week"),
    Reason.QUIET_HOURS: N_("waiting for the opening hours"),
    Reason.TOO_LATE: N_("too late to be of use"),
    Reason.CAMPAIGN_STOPPED: N_("the campaign was cancelled"),
    Reason.REFUSED: N_("refused by the other side"),
    Reason.GAVE_UP: N_("given up after five tries"),
    Reason.UNREADABLE: N_("could not be written"),
    Reason.NONE: N_("other"),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What the editor's lists offer: (value, text) pairs, and the placeholders."""

    tiers: list[tuple[str, str]]
    stores: list[tuple[str, str]]
    placeholders: list[Placeholder]
    zone: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A campaign, its audience in words, its results, and how it reads to a member."""

    detail: CampaignDetail
    audience: list[str]
    results: tuple[Results, ...]
    preview: ShownPreview


@dataclass(frozen=True, slots=True)
class ShownPreview:
    """A preview with its audience in words. ``html`` of a text is ready for ``mail.js``."""

    preview: Preview
    audience: list[str]
    spoken: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of recipients; ``after`` is the cursor of the next."""

    items: tuple[Recipient, ...]
    show: str
    after: str | None


def choices(tx: Tx) -> Choices:
    """Return what there is to choose from: levels, stores, placeholders."""
    programme = current_programme(tx)
    return Choices(
        tiers=[(level.id, level.name(language())) for level in programme.tiers.levels],
        stores=[(store.store_id, store.name) for store in stores(tx)],
        placeholders=list(PLACEHOLDERS.values()),
        zone=runtime().settings.zone,
    )


def show_campaign(tx: Tx, campaign_id: CampaignId) -> Shown:
    """Read everything that the page of a campaign shows.

    Raises:
        UnknownCampaign: there is none with this id.
    """
    detail = campaign_detail(tx, campaign_id)
    return Shown(
        detail=detail,
        audience=_in_words(tx, detail.document),
        results=campaign_results(tx, campaign_id),
        preview=_shown(tx, detail.document, None),
    )


def show_recipients(tx: Tx, campaign_id: CampaignId, *, show: str, after: str | None) -> Listed:
    """Read a page of those who got it (``sent``), or did not (``skipped``, ``failed``...)."""
    group = show if show in GROUPS else "sent"
    cursor: Any = read_cursor(after, parts=3)
    page = recipients(
        tx, campaign_id, states=GROUPS[group], after=tuple(cursor) if cursor else None
    )
    return Listed(page.items, group, write_cursor(*page.after) if page.after else None)


def preview_of(document: CampaignDocument, *, member_id: str) -> ShownPreview:
    """Return how a document would read to a member, or to the first of its audience."""
    with database().look(actor=current_actor()) as tx:
        return _shown(tx, document, MemberId(member_id) if member_id else None)


def _shown(tx: Tx, document: CampaignDocument, member_id: MemberId | None) -> ShownPreview:
    settings = runtime().settings
    found = preview_campaign(
        tx,
        document=document,
        today=local(tx.now, settings.zone).date(),
        terms=Terms(
            settings.brand, settings.public_url, settings.sms_stop, settings.sms_part_minor
        ),
        member_id=member_id,
    )
    texts = {spoken: replace(one, html=inert(one.html)) for spoken, one in found.texts.items()}
    as_read = language_of(found.shown_as.language) if found.shown_as else language_of(language())
    spoken = as_read if as_read in texts else next(iter(texts), LANGUAGES[0])
    return ShownPreview(replace(found, texts=texts), _in_words(tx, document), spoken)


def reason_text(reason: Reason) -> str:
    """Return the msgid that says why a message was not sent."""
    return REASONS[reason]


def inert(html: str) -> str:
    """Return a letter's HTML with its styles set aside, for ``mail.js`` to put back.

    The page's content-security policy refuses style attributes; a script may set styles.
    """
    return html.replace(' style="', ' data-style="')


def _in_words(tx: Tx, document: CampaignDocument) -> list[str]:
    programme = current_programme(tx)
    names = {level.id: level.name(language()) for level in programme.tiers.levels}
    shops = {str(store.store_id): store.name for store in stores(tx)}
    return explain(document.audience, language(), tier_names=names, store_names=shops)
