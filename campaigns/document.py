"""What a campaign is: whom it is for, by which channels, in which words, and when it starts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from campaigns.audience import Audience, AudienceMistake, read_audience
from campaigns.content import Content, check_content, read_content
from campaigns.values import Channel
from campaigns.wording.spelling import LANGUAGES, Language
from loyalty.kernel.problems import N_

MAX_NAME = 80
_KEYS = frozenset({"audience", "channels", "content", "schedule"})


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that keeps a campaign from being saved or scheduled.

    ``path`` names the field (``content.fr.body``); ``template`` is a msgid over ``found`` and
    ``suggestion``; ``line`` and ``column`` are 0 where there is no text to point into.
    """

    path: str
    slug: str
    template: str
    line: int = 0
    column: int = 0
    found: str = ""
    suggestion: str = ""

    def facts(self) -> dict[str, Any]:
        """Return the fault fit for JSON, its sentence in English."""
        sentence = self.template.format(found=self.found, suggestion=self.suggestion)
        place = {"line": self.line, "column": self.column} if self.line else {}
        return {"path": self.path, "slug": self.slug, "problem": sentence, **place} | (
            {"suggestion": self.suggestion} if self.suggestion else {}
        )


@dataclass(frozen=True, slots=True)
class CampaignDocument:
    """A checked document. ``on`` and ``at`` are the local start, ``None`` while not chosen."""

    audience: Audience = Audience()
    channels: frozenset[Channel] = frozenset({Channel.EMAIL})
    contents: Mapping[Language, Content] = field(default_factory=dict)
    on: date | None = None
    at: time | None = None

    def document(self) -> dict[str, Any]:
        """Return it as the JSON document that ``read_document`` reads."""
        schedule = {
            "on": self.on.isoformat() if self.on else None,
            "at": f"{self.at:%H:%M}" if self.at else None,
        }
        contents = {language: content.document() for language, content in self.contents.items()}
        return {
            "audience": self.audience.document(),
            "channels": sorted(self.channels),
            "content": {language: texts for language, texts in contents.items() if texts},
            "schedule": {name: value for name, value in schedule.items() if value},
        }

    def starts(self) -> datetime | None:
        """Return the local wall time of the start."""
        return datetime.combine(self.on, self.at) if self.on and self.at else None

    def content_for(self, language: str, channel: Channel) -> tuple[Language, Content] | None:
        """Return the texts for a member who reads ``language``, or those that there are."""
        for spoken in sorted(LANGUAGES, key=lambda known: known != language):
            content = self.contents.get(spoken)
            if content is not None and content.says(channel):
                return spoken, content
        return None


@dataclass(frozen=True, slots=True)
class DocumentReading:
    """What a document says, as far as it can be read, and what is wrong with it.

    ``faults`` keep it from being saved; ``gaps`` only from being scheduled.
    """

    document: CampaignDocument
    faults: tuple[Fault, ...] = ()
    gaps: tuple[Fault, ...] = ()


def read_campaign(raw: Mapping[str, Any]) -> DocumentReading:
    """Read a campaign's document. Everything that is wrong is listed at once."""
    faults = [
        Fault(str(key)[:40], "unknown-key", N_("There is no such key."))
        for key in raw.keys() - _KEYS
    ]
    audience = _audience(raw.get("audience"), faults)
    channels = _channels(raw.get("channels"), faults)
    contents = _contents(raw.get("content"), faults)
    on, at = _schedule(raw.get("schedule"), faults)
    document = CampaignDocument(audience, channels, contents, on, at)
    wrong = [*faults, *_text_faults(document)]
    return DocumentReading(document, tuple(wrong), tuple(_gaps(document)))


def name_faults(name: str) -> list[Fault]:
    """Return what is wrong with the name of a campaign."""
    if 0 < len(name.strip()) <= MAX_NAME and name.strip().isprintable():
        return []
    return [Fault("name", "wrong-name", N_("Give a name of 1 to 80 letters."))]


def digest(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a document's canonical JSON, in hexadecimal."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _audience(raw: Any, faults: list[Fault]) -> Audience:
    try:
        return read_audience(_mapping(raw, "audience", faults))
    except AudienceMistake as mistake:
        faults.append(Fault(f"audience.{mistake.path}", "wrong-audience", mistake.template))
        return Audience()


def _channels(raw: Any, faults: list[Fault]) -> frozenset[Channel]:
    names = raw if isinstance(raw, list) else []
    try:
        channels = frozenset(Channel(name) for name in names)
    except ValueError:
        channels = frozenset()
    if not channels:
        faults.append(Fault("channels", "wrong-channels", N_("Choose e-mail, SMS, or both.")))
    return channels


def _contents(raw: Any, faults: list[Fault]) -> dict[Language, Content]:
    written = _mapping(raw, "content", faults)
    contents: dict[Language, Content] = {}
    for language in LANGUAGES:
        content = read_content(_mapping(written.get(language), f"content.{language}", faults))
        if content != Content():
            contents[language] = content
    return contents


def _schedule(raw: Any, faults: list[Fault]) -> tuple[date | None, time | None]:
    schedule = _mapping(raw, "schedule", faults)
    on, at = schedule.get("on"), schedule.get("at")
    try:
        return (
            date.fromisoformat(on) if on else None,
            time.fromisoformat(at).replace(second=0, microsecond=0, tzinfo=None) if at else None,
        )
    except (TypeError, ValueError):
        faults.append(Fault("schedule", "wrong-schedule", N_("Give a day and a time of day.")))
        return None, None


def _text_faults(document: CampaignDocument) -> list[Fault]:
    """Return the mistakes in the texts; what is missing from them is a gap, not a fault."""
    return [
        Fault(
            f"content.{language}.{name}",
            mistake.slug,
            mistake.template,
            mistake.line,
            mistake.column,
            mistake.found,
            mistake.suggestion,
        )
        for language, content in document.contents.items()
        for name, mistakes in check_content(content, frozenset()).items()
        for mistake in mistakes
    ]


def _gaps(document: CampaignDocument) -> list[Fault]:
    """Return what is still missing before the campaign can be scheduled."""
    gaps = [
        Fault(f"content.{channel}", "missing-text", _MISSING[channel])
        for channel in sorted(document.channels)
        if document.content_for(LANGUAGES[0], channel) is None
    ]
    if document.starts() is None:
        gaps.append(Fault("schedule", "missing-schedule", N_("Choose the day and the time.")))
    return gaps


_MISSING = {
    Channel.EMAIL: N_("Write the subject and the e-mail in one language at least."),
    Channel.SMS: N_("Write the SMS in one language at least."),
}


def _mapping(raw: Any, path: str, faults: list[Fault]) -> Mapping[str, Any]:
    if raw is None:
        return {}
    if isinstance(raw, Mapping):
        return raw
    faults.append(Fault(path, "wrong-shape", N_("A group of fields is wanted here.")))
    return {}
