"""Planning the letters that a member asked for: they leave at once, outside the marketing rules."""

from __future__ import annotations

from datetime import timedelta

from campaigns.commands.rows import insert
from campaigns.house_letters import LETTERS
from campaigns.models import Message
from campaigns.values import Channel, Lane, MessageId, MessageState, Reason
from loyalty.kernel.tx import Tx
from loyalty.values import MemberId

_VALID_FOR = {"sign-in": timedelta(minutes=30), "welcome": timedelta(hours=72)}


def plan_letter(tx: Tx, *, member_id: MemberId, letter: str, cause: str) -> MessageId | None:
    """Plan a letter to a member; ``None`` when it was planned before for the same ``cause``.

    ``letter`` is a name of ``house_letters``; ``cause`` is what asked for it, e.g. the request id.
    """
    assert letter in LETTERS, f"there is no letter {letter}"
    planned = tx.run(
        insert(tx, Message)
        .values(
            member_id=member_id,
            id=tx.new_id("msg"),
            campaign_id=letter,
            occurrence_id=cause,
            channel=Channel.EMAIL,
            lane=Lane.TRANSACTIONAL,
            version=1,
            due_at=tx.now,
            expires_at=tx.now + _VALID_FOR[letter],
            planned_at=tx.now,
            state=MessageState.PLANNED,
            reason=Reason.NONE,
            attempts=0,
            lease_holder="",
            provider_ref="",
        )
        .on_conflict_do_nothing(
            index_elements=["member_id", "campaign_id", "occurrence_id", "channel"]
        )
        .returning(Message.id)
    ).scalar()
    return MessageId(planned) if planned else None
