"""Campaigns: CPU per e-mail of the whole sender, beside a naive loop over the same members.

Both run in this process against an SMTP sink in another one, on loopback. Counted is the CPU time
of this process, which does not depend on what else the machine does; rates are lower bounds.
"""

from __future__ import annotations

import argparse
import smtplib
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select, update

from admin.migrate import upgrade
from bench.ground import durable_postgres
from bench.smtp_sink import smtp_sink
from campaigns.commands import draft_campaign, schedule_campaign
from campaigns.content import read_content
from campaigns.jobs.dispatch import Dispatcher
from campaigns.jobs.planning import plan_and_freeze
from campaigns.letters import prepare_letter
from campaigns.links import page_links
from campaigns.mime import Envelope, write_mail
from campaigns.models import Message
from campaigns.transports.chosen import open_transports
from campaigns.values import Lane, MessageId
from campaigns.wording.frame import Frame
from campaigns.wording.vocabulary import Value
from loyalty.commands import publish_preset, save_store
from loyalty.kernel.cache import open_cache
from loyalty.kernel.clock import MovableClock, monotonic, process_seconds
from loyalty.kernel.db import Database
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.settings import Mode, Settings
from loyalty.kernel.signing import Keys
from loyalty.models import Consent, Member, MemberIdentity, TierStanding, Wallet
from loyalty.queries import contact_of
from loyalty.values import Channel, MemberId, Purpose, StoreId

START = datetime(2026, 3, 10, 9, 30, tzinfo=UTC)
NAIVE_SHARE = 20
"""The naive loop is slow: it gets one member in so many."""

BODY = "\n\n".join(
    [
        "# Your week, {first_name|default:dear member}",
        "You have **{points} points**, and {store|default:your store} is waiting.",
        "- bread of the day\n- fruit of the season\n- a surprise at the till",
        *["From Monday to Sunday fresh food earns double points, and the card counts them."] * 12,
        "[See my card]({card_link})",
    ]
)
CONTENT = {"subject": "{first_name|default:Hello}, {points} points", "body": BODY}


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run took: CPU and wall seconds for so many things."""

    what: str
    count: int
    cpu_seconds: float
    wall_seconds: float

    def __str__(self) -> str:
        """Return one line of the table."""
        return (
            f"{self.what:<44} {self.cpu_seconds / self.count * 1e6:8.0f} us CPU each "
            f"{self.count / self.wall_seconds:9.0f}/s  ({self.count:,})"
        )


def main(arguments: list[str]) -> None:
    """Measure on SQLite, and on PostgreSQL unless told otherwise."""
    parser = argparse.ArgumentParser(prog="python -m bench campaigns")
    parser.add_argument("--members", type=int, default=20_000)
    parser.add_argument("--sqlite-only", action="store_true")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.db"
        database = Database(f"sqlite:///{path}", clock=MovableClock(START))
        upgrade(database)
        _measure("SQLite", database, options.members, folder)
        database.dispose()
        if not options.sqlite_only:
            with durable_postgres() as ground:
                database = Database(ground.url, clock=MovableClock(START))
                _measure("PostgreSQL", database, options.members, folder)
                database.dispose()


def _measure(name: str, database: Database, members: int, folder: str) -> None:
    print(f"{name}, {members:,} members, durable settings")
    _people(database, members)
    with smtp_sink() as url:
        runtime = _runtime(database, folder, url)
        _schedule(runtime)
        print(" ", _timed("freeze the audience", lambda: _freeze(runtime)))
        print(" ", _timed("send by SMTP, everything included", lambda: _send(runtime)))
        sent = _count(database, "handed_over")
        assert sent == members, f"{sent} of {members} were handed over"
        print(" ", _timed("  of which SMTP itself", lambda: _only_smtp(runtime, members // 10)))
        few = members // NAIVE_SHARE
        print(
            " ", _timed("naive: query, EmailMessage, commit per row", lambda: _naive(runtime, few))
        )
    print(flush=True)


def _timed(what: str, work: Callable[[], int]) -> Measured:
    cpu, wall = process_seconds(), monotonic()
    count = work()
    return Measured(what, count, process_seconds() - cpu, monotonic() - wall)


def _runtime(database: Database, folder: str, smtp_url: str) -> Runtime:
    settings = Settings(
        mode=Mode.TEST,
        secret_key="only-for-the-bench-0123456789-abcdefgh",  # noqa: S106 - guards nothing
        data_dir=folder,
        mail_transport="smtp",
        smtp_url=smtp_url,
        cookie_secure=False,
    )
    return Runtime(settings, database, Keys(settings.secret_key), open_cache(""))


def _people(database: Database, count: int) -> None:
    """Write members who agreed to e-mail, straight into the tables."""
    with database.begin(actor="bench") as tx:
        publish_preset(tx)
        save_store(tx, store_id=StoreId("lyon-1"), name="Lyon Bellecour", city="Lyon")
        ids = [f"mbr_{number:026d}" for number in range(count)]
        rows: dict[type, list[dict[str, Any]]] = {
            Member: [_member(one) for one in ids],
            MemberIdentity: [_identity(one) for one in ids],
            TierStanding: [_standing(one) for one in ids],
            Wallet: [
                {"member_id": one, "unit": "points", "head": "", "balance": 250} for one in ids
            ],
            Consent: [_consent(one) for one in ids],
        }
        for model, values in rows.items():
            tx.run(insert(model), values)


def _member(id_: str) -> dict[str, Any]:
    return {
        "id": id_,
        "language": "en",
        "joined_at": START,
        "joined_on": START.date(),
        "channel": Channel.STORE,
        "last_contact_at": START,
        "home_store_id": "lyon-1",
    }


def _identity(id_: str) -> dict[str, Any]:
    address = f"{id_}@example.org"
    names = {"given_name": "Ada", "given_key": "ada", "family_name": "Test", "family_key": "test"}
    return {"member_id": id_, **names, "email": address, "email_key": address}


def _standing(id_: str) -> dict[str, Any]:
    levels = {"level": "base", "own_level": "base", "rule_key": ""}
    days = {"since_at": START, "anchor_on": START.date(), "reviewed_on": START.date()}
    return {"member_id": id_} | levels | days


def _consent(id_: str) -> dict[str, Any]:
    return {
        "member_id": id_,
        "seq": 1,
        "purpose": Purpose.EMAIL_MARKETING,
        "channel": Channel.STORE,
        "granted": True,
        "wording": "yes",
        "wording_version": 1,
        "language": "en",
        "source": "bench",
        "at": START,
    }


def _schedule(runtime: Runtime) -> None:
    document = {
        "channels": ["email"],
        "content": {"en": CONTENT},
        "schedule": {"on": "2026-03-10", "at": "11:00"},
    }
    with runtime.database.begin(actor="bench") as tx:
        saved = draft_campaign(tx, name="Bench", document=document)
        schedule_campaign(
            tx, campaign_id=saved.campaign_id, revision=saved.revision, zone="Europe/Paris"
        )
    clock = runtime.database.clock
    assert isinstance(clock, MovableClock)
    clock.move(by=timedelta(hours=1))


def _freeze(runtime: Runtime) -> int:
    plan_and_freeze(runtime)
    return _count(runtime.database, "planned")


def _send(runtime: Runtime) -> int:
    with open_transports(runtime) as transports:
        dispatcher = Dispatcher(runtime, transports, holder="bench")
        return sum(dispatcher.run(seconds=3600).values())


def _only_smtp(runtime: Runtime, count: int) -> int:
    """Hand over one mail of the same size again and again, with nothing around it."""
    letter = prepare_letter(read_content(CONTENT), "en", Frame(Lane.MARKETING, "Palier"))
    links = {**page_links("http://127.0.0.1"), "unsubscribe_link": f"http://127.0.0.1/{'u' * 90}"}
    values: dict[str, Value] = {
        "first_name": "Ada",
        "points": 250,
        "store": "Lyon",
        "brand": "Palier",
        **links,
    }
    envelope = Envelope(
        MessageId("msg_bench"),
        "bonjour@example.org",
        "ada@example.org",
        Lane.MARKETING,
        links["unsubscribe_link"],
    )
    mail = write_mail(envelope, letter.write(values), at=START)
    with open_transports(runtime) as transports:
        for _ in range(count):
            transports.mail.send(mail)
    return count


def _naive(runtime: Runtime, count: int) -> int:
    """Send as a first version would: for each row a query, a message object and a commit."""
    host, port = runtime.settings.smtp_url.removeprefix("smtp://").split(":")
    with runtime.database.look() as tx:
        rows = tx.run(select(Message.id, Message.member_id).limit(count)).all()
    with smtplib.SMTP(host, int(port)) as line:
        for row in rows:
            with runtime.database.begin(actor="bench") as tx:
                contact = contact_of(tx, MemberId(row.member_id))
                assert contact is not None
                mail = EmailMessage()
                mail["From"], mail["To"] = "bonjour@example.org", contact.email
                mail["Subject"] = f"{contact.given_name}, {contact.balance} points"
                text = BODY.replace("{points}", str(contact.balance))
                mail.set_content(text)
                mail.add_alternative(f"<html><body><p>{text}</p></body></html>" * 3, subtype="html")
                line.send_message(mail)
                tx.run(update(Message).where(Message.id == row.id).values(provider_ref="naive"))
    return count


def _count(database: Database, state: str) -> int:
    with database.look() as tx:
        counted = select(func.count()).select_from(Message).where(Message.state == state)
        return int(tx.run(counted).scalar_one())
