"""A shop with members to write to, campaigns to send, and a mailbox to look into."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from campaigns.commands import draft_campaign, schedule_campaign
from campaigns.jobs.dispatch import Dispatcher
from campaigns.jobs.planning import plan_and_freeze
from campaigns.models import Message
from campaigns.transports.chosen import Transports, mailbox_folder, open_transports
from campaigns.values import CampaignId
from loyalty.commands import enrol_member, publish_preset, save_store
from loyalty.kernel.cache import open_cache
from loyalty.kernel.clock import MovableClock, local
from loyalty.kernel.db import Database
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.settings import Settings
from loyalty.kernel.signing import Keys
from loyalty.kernel.tx import Tx
from loyalty.queries import consent_wording
from loyalty.values import Channel as Origin
from loyalty.values import Identity, MemberId, Purpose, StoreId

ZONE = "Europe/Paris"
BOTH = (Purpose.EMAIL_MARKETING, Purpose.SMS_MARKETING)

_numbers = itertools.count(12_000_000)

DOCUMENT: dict[str, Any] = {
    "audience": {},
    "channels": ["email"],
    "content": {
        "fr": {
            "subject": "{first_name|default:Bonjour}, vos {points} points",
            "preheader": "Cette semaine seulement",
            "body": "# Bonjour {first_name|default:à vous}\n\n"
            "Vos **{points}** points vous attendent.\n\n[Voir ma carte]({card_link})",
            "sms": "{first_name|default:Bonjour}, vos {points} points vous attendent.",
        },
        "en": {
            "subject": "{first_name|default:Hello}, your {points} points",
            "body": "# Hello {first_name|default:you}\n\nYour **{points}** points are waiting.",
            "sms": "{first_name|default:Hello}, your {points} points are waiting.",
        },
    },
}


def runtime_of(database: Database, settings: Settings, **changes: Any) -> Runtime:
    """Return a runtime around a test database."""
    chosen = replace(settings, **changes)
    return Runtime(chosen, database, Keys(chosen.secret_key), open_cache(""))


def open_shop(database: Database) -> None:
    """Publish the preset and open two stores."""
    with database.begin(actor="test") as tx:
        publish_preset(tx)
        save_store(tx, store_id=StoreId("lyon-1"), name="Lyon Bellecour", city="Lyon")
        save_store(
            tx, store_id=StoreId("reunion-1"), name="Saint-Denis", city="", zone="Indian/Reunion"
        )


def enrol(
    runtime: Runtime,
    name: str,
    *,
    purposes: tuple[Purpose, ...] = BOTH,
    language: str = "fr",
    store: str = "lyon-1",
    email: str | None = "",
    phone: str | None = "",
) -> MemberId:
    """Enrol a member of the cast who agreed to ``purposes``; address and number are made up."""
    address = f"{name.lower()}@example.org" if email == "" else email
    number = f"+336{next(_numbers):08d}" if phone == "" else phone
    identity = Identity(name, "Test", address, number)
    with runtime.database.begin(actor="test") as tx:
        return _enrolled(tx, runtime, identity, purposes=purposes, language=language, store=store)


def crowd(runtime: Runtime, count: int) -> list[MemberId]:
    """Enrol many members at once: M0000, M0001 and so on."""
    with runtime.database.begin(actor="test") as tx:
        return [
            _enrolled(
                tx,
                runtime,
                Identity(f"M{n:04d}", "Test", f"m{n:04d}@example.org", f"+336{next(_numbers):08d}"),
            )
            for n in range(count)
        ]


def _enrolled(
    tx: Tx,
    runtime: Runtime,
    identity: Identity,
    *,
    purposes: tuple[Purpose, ...] = BOTH,
    language: str = "fr",
    store: str = "lyon-1",
) -> MemberId:
    given = [
        consent_wording(purpose, language, brand="Palier").given(granted=True)
        for purpose in purposes
    ]
    return enrol_member(
        tx,
        keys=runtime.keys,
        identity=identity,
        channel=Origin.STORE,
        language=language,
        home_store_id=StoreId(store),
        consents=given,
    ).member_id


def schedule(
    runtime: Runtime,
    *,
    name: str = "Gold, this week",
    minutes: int = 30,
    **changes: Any,
) -> CampaignId:
    """Draft a campaign and schedule it ``minutes`` from now, in local time."""
    wall = local(runtime.database.clock() + timedelta(minutes=minutes), ZONE)
    when = {"on": wall.date().isoformat(), "at": f"{wall:%H:%M}"}
    document = {**DOCUMENT, "schedule": when, **changes}
    with runtime.database.begin(actor="staff:dora") as tx:
        saved = draft_campaign(tx, name=name, document=document)
        schedule_campaign(tx, campaign_id=saved.campaign_id, revision=saved.revision, zone=ZONE)
    return saved.campaign_id


def send(runtime: Runtime, transports: Transports | None = None, *, holder: str = "test") -> Any:
    """Send everything that is due; return the counts."""
    if transports is not None:
        return Dispatcher(runtime, transports, holder=holder).run(seconds=30)
    with open_transports(runtime) as opened:
        return Dispatcher(runtime, opened, holder=holder).run(seconds=30)


def later(runtime: Runtime, **span: float) -> None:
    """Move the clock on."""
    clock = runtime.database.clock
    assert isinstance(clock, MovableClock)
    clock.move(by=timedelta(**span))


def start(runtime: Runtime, *, by: timedelta = timedelta(minutes=31)) -> None:
    """Move the clock past the start and freeze who is in the audience."""
    later(runtime, seconds=by.total_seconds())
    plan_and_freeze(runtime)


def states(runtime: Runtime) -> dict[tuple[str, str], str]:
    """Return state and reason of every message, by member and channel."""
    with runtime.database.look() as tx:
        rows = tx.run(select(Message.member_id, Message.channel, Message.state, Message.reason))
        return {
            (
                row.member_id,
                row.channel.value,
            ): f"{row.state}{':' if row.reason else ''}{row.reason}"
            for row in rows
        }


def mailbox(runtime: Runtime) -> list[Path]:
    """Return what lies in the mailbox folder."""
    folder = mailbox_folder(runtime.settings)
    return sorted(folder.iterdir()) if folder.exists() else []
