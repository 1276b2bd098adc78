"""Picking up what dead workers left, and asking the gateway about what nobody knows."""

from __future__ import annotations

from campaigns.commands import recover_leases, settle_message
from campaigns.queries import leases_ended, uncertain_messages
from campaigns.transports.chosen import open_transports
from campaigns.values import Channel, MessageState, Outcome
from loyalty.kernel.runtime import Runtime

ACTOR = "job:campaigns.recover"


def recover(runtime: Runtime) -> str:
    """Free ended leases, then settle what the gateway can tell; say how much it was.

    What the gateway cannot tell stays uncertain, for a person to look at: an SMS that is sent
    again blindly annoys somebody and costs money.
    """
    with runtime.database.look(actor=ACTOR) as tx:
        ended = leases_ended(tx)
    freed = 0
    if ended:
        with runtime.database.begin(actor=ACTOR) as tx:
            freed = recover_leases(tx)
    with runtime.database.look(actor=ACTOR) as tx:
        doubtful = [one for one in uncertain_messages(tx) if one.channel is Channel.SMS]
    settled = 0
    with open_transports(runtime) as transports:
        for one in doubtful:
            known = transports.sms.ask(one.message_id)
            if known is None:
                continue
            state = MessageState.HANDED_OVER if known else MessageState.PLANNED
            with runtime.database.begin(actor=ACTOR) as tx:
                outcome = Outcome(one.message_id, one.member_id, state)
                settled += settle_message(tx, outcome=outcome)
    return f"{freed} leases freed, {settled} of {len(doubtful)} doubts settled"
