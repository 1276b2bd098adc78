"""The marketer and the auditor: a campaign, its letters, and the proof."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote_plus
from zoneinfo import ZoneInfo

from admin.demo.story.cast import OK, Cast, expect, sign_in, wait
from loyalty.kernel.access.principals import Role

SENDING_SECONDS = 5
"""How long composing may take before the minute it is scheduled for."""

_LETTER = """Bonjour {first_name|default:à vous},

Vous avez {points} points. Votre offre Or vous attend : {card_link}"""


def schedule_campaign(cast: Cast) -> str:
    """Compose and schedule "Gold, this week" by e-mail and SMS, for the next whole minute."""
    sign_in(cast.dora, Role.MARKETER)
    when = _next_minute(cast)
    page = cast.dora.see("/admin/campaigns/new")
    shown = cast.dora.fill(
        page,
        "/admin/campaigns/new",
        name=f"Gold, this week {cast.number}",
        tiers=["gold"],
        channels=["email", "sms"],
        visit="within",
        visit_days="7",
        fr_subject=f"Or, cette semaine {cast.number}",
        fr_body=_LETTER,
        fr_sms=f"{{first_name|default:Bonjour}}, votre offre Or vous attend ({cast.number}).",
        on=f"{when:%Y-%m-%d}",
        at=f"{when:%H:%M}",
        action="schedule",
    )
    expect(
        shown.status == OK and shown.url.rsplit("/", 1)[1].startswith("cmp_"),
        f"the campaign scheduled: {shown.plain[:600]}",
    )
    cast.kept["campaign"] = shown.url
    return f"Dora scheduled it for {when:%H:%M}."


def read_mailbox(cast: Cast) -> str:
    """Wait for the scheduler, then read the mailbox: one e-mail and one SMS for Ada."""
    wanted = f"Or, cette semaine {cast.number}"

    def find() -> Any:
        mails, texts = _delivered(cast, wanted)
        return (mails, texts) if mails and texts else None

    wait(find, "the campaign in the mailbox", seconds=150)
    time.sleep(2)  # a second copy would have come by now
    mails, texts = _delivered(cast, wanted)
    expect((mails, texts) == (1, 1), f"one e-mail and one SMS, not {mails} and {texts}")
    return "One e-mail and one SMS for Ada, once each."


def prove(cast: Cast) -> str:
    """Prove the books from the back office."""
    page = cast.manager.see("/admin/books")
    proof = cast.manager.fill(page, "/admin/books")
    expect("The books add up" in proof.plain, f"books that add up: {proof.plain[:400]}")
    return "Balances, lots, holds, tiers, vouchers and chains add up."


def _next_minute(cast: Cast) -> datetime:
    """Return the next whole minute in the shop that leaves time to send the form."""
    later = cast.clock().astimezone(ZoneInfo(cast.zone)) + timedelta(seconds=SENDING_SECONDS)
    return later.replace(second=0, microsecond=0) + timedelta(minutes=1)


def _delivered(cast: Cast, wanted: str) -> tuple[int, int]:
    """Return how many e-mails and SMS of the campaign lie in Ada's mailbox."""
    page = cast.dora.see(f"/demo/mailbox?q={cast.email}").plain
    number = "+33" + cast.phone.replace(" ", "")[1:]
    texts = cast.dora.see(f"/demo/mailbox?q={quote_plus(number)}").plain
    return page.count(wanted), texts.count(f"votre offre Or vous attend ({cast.number})")
