"""Sending what is due: claim a batch, ask once more, hand it over, write down what became of it."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from threading import Event

from campaigns.commands import Claimed, acknowledge, claim_messages, still_allowed, suppress_address
from campaigns.commands.claim import CLAIM_BATCH
from campaigns.jobs.writing import Batch, Writer
from campaigns.mime import AddressRefused
from campaigns.queries import Rules, due_work
from campaigns.retrying import FIRST_WAIT, next_try
from campaigns.transports.chosen import Transports, open_transports
from campaigns.transports.port import TransportError
from campaigns.values import Channel, MessageState, Outcome, Reason, SuppressionReason, Work
from loyalty.kernel.clock import monotonic
from loyalty.kernel.problems import StorageUnavailable
from loyalty.kernel.runtime import Runtime
from loyalty.kernel.settings import Settings
from loyalty.kernel.signing import random_token

log = logging.getLogger(__name__)

RUN_SECONDS = 20.0
"""One run of the job; what is left is taken up by the next."""

ACKNOWLEDGE_SECONDS = 0.25
"""A crash may repeat what was handed over since the last acknowledgement: this, or one batch."""

VERDICT_SECONDS = 1.0
"""A verdict older than this is asked for again before the next message goes."""

BATCH_SECONDS = 120.0
"""A batch that takes longer is given back, long before its lease ends."""

_TRIES_TO_ACKNOWLEDGE = 6


@dataclass(slots=True)
class Dispatcher:
    """One worker that sends. Any number may run at once, in threads or on machines."""

    runtime: Runtime
    transports: Transports
    holder: str
    batch: int = CLAIM_BATCH
    counts: Counter[MessageState] = field(default_factory=Counter)
    _closed: set[Channel] = field(default_factory=set)
    _bad_addresses: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Prepare the writer and the rules of contact."""
        self.writer = Writer(self.runtime)
        self.rules = rules_of(self.runtime)

    writer: Writer = field(init=False)
    rules: Rules = field(init=False)

    def run(self, *, seconds: float = RUN_SECONDS) -> Counter[MessageState]:
        """Send what is due until there is nothing more or the time is over.

        Returns how many messages ended in which state.
        """
        ends = monotonic() + seconds
        busy = True
        while busy and monotonic() < ends:
            with self.runtime.database.look(actor=self.holder) as tx:
                todo = [work for work in due_work(tx) if work.channel not in self._closed]
            busy = self._round(todo, ends)
        return self.counts

    def _round(self, todo: Sequence[Work], ends: float) -> bool:
        """Send one batch of each work, so that none waits for another to end."""
        busy = False
        for work in todo:
            if monotonic() < ends:
                busy = self._one_batch(work) or busy
        return busy

    def _one_batch(self, work: Work) -> bool:
        """Claim a batch and send it; tell whether there was anything to look at."""
        if work.channel in self._closed:
            return False
        with self.runtime.database.begin(actor=self.holder) as tx:
            claim = claim_messages(
                tx, work=work, holder=self.holder, rules=self.rules, limit=self.batch
            )
        waiting = list(claim.messages)
        gives_up = monotonic() + BATCH_SECONDS
        while waiting:
            if work.channel in self._closed or monotonic() > gives_up:
                self._acknowledge(work, [self._given_back(one) for one in waiting])
                break
            waiting = self._some(work, waiting)
        return claim.looked_at > 0

    def _some(self, work: Work, waiting: list[Claimed]) -> list[Claimed]:
        """Judge the waiting messages once more and send what goes; return those not reached."""
        asked = monotonic()
        with self.runtime.database.look(actor=self.holder) as tx:
            going, outcomes = still_allowed(
                tx, work=work, messages=waiting, holder=self.holder, rules=self.rules
            )
            batch = self.writer.gather(tx, work, going)
        noted = asked
        for position, message in enumerate(going):
            if monotonic() - asked > VERDICT_SECONDS or work.channel in self._closed:
                self._acknowledge(work, outcomes)
                return going[position:]
            outcomes.append(self._hand_over(work, batch, message))
            if monotonic() - noted > ACKNOWLEDGE_SECONDS:
                self._acknowledge(work, outcomes)
                outcomes, noted = [], monotonic()
        self._acknowledge(work, outcomes)
        return []

    def _hand_over(self, work: Work, batch: Batch, message: Claimed) -> Outcome:
        """Write one message and give it to its transport; every answer becomes an outcome."""
        outcome = Outcome(
            message.message_id, message.member_id, MessageState.FAILED, attempt=message.attempt
        )
        try:
            if work.channel is Channel.EMAIL:
                mail = batch.mail(message, at=self.runtime.database.clock())
                handed = self.transports.mail.send(mail)
            else:
                handed = self.transports.sms.send(batch.sms(message))
        except AddressRefused:
            return replace(outcome, state=MessageState.SKIPPED, reason=Reason.NO_ADDRESS, attempt=0)
        except TransportError as error:
            return self._refused(work, message, outcome, error)
        except Exception:  # a message that cannot be written must not stop those behind it
            log.exception("message %s cannot be written", message.message_id)
            return self._later(replace(outcome, code="unwritable"), Reason.UNREADABLE)
        return Outcome(
            message.message_id,
            message.member_id,
            MessageState.HANDED_OVER,
            attempt=message.attempt,
            provider_ref=handed.provider_ref,
        )

    def _refused(
        self, work: Work, message: Claimed, outcome: Outcome, error: TransportError
    ) -> Outcome:
        """Return what a transport's error means for the message, and for those behind it."""
        told = replace(outcome, code=error.code, detail=error.detail)
        if error.bad_address and message.contact.email:
            self._bad_addresses.append(message.contact.email)
        if error.down:
            log.warning("%s is closed: %s", work.channel, error)
            self._closed.add(work.channel)
            return self._given_back(message, error.retry_after)
        if error.doubt and work.channel is Channel.SMS:
            return replace(told, state=MessageState.UNCERTAIN)
        if error.permanent:
            return replace(told, reason=Reason.REFUSED)
        return self._later(told, Reason.GAVE_UP)

    def _later(self, outcome: Outcome, parked_because: Reason) -> Outcome:
        """Return another try after a wait, or the end after the last one."""
        retry_at = next_try(self.runtime.database.clock(), outcome.attempt)
        if retry_at is None:
            return replace(outcome, state=MessageState.FAILED, reason=parked_because)
        return replace(outcome, state=MessageState.PLANNED, retry_at=retry_at)

    def _given_back(self, message: Claimed, seconds: int | None = None) -> Outcome:
        """Return the outcome of a message that was not tried: it waits, and no try is counted."""
        wait = FIRST_WAIT if seconds is None else timedelta(seconds=seconds)
        return Outcome(
            message.message_id,
            message.member_id,
            MessageState.PLANNED,
            retry_at=self.runtime.database.clock() + wait,
        )

    def _acknowledge(self, work: Work, outcomes: Sequence[Outcome]) -> None:
        """Write down a batch of outcomes; tried for some seconds when the database is away."""
        if not outcomes:
            return
        for tries_left in reversed(range(_TRIES_TO_ACKNOWLEDGE)):
            try:
                self._write_down(work, outcomes)
                break
            except StorageUnavailable:
                if not tries_left:
                    raise
                Event().wait(0.5)
        self.counts.update(outcome.state for outcome in outcomes)

    def _write_down(self, work: Work, outcomes: Sequence[Outcome]) -> None:
        name = self.transports.named(work.channel)
        with self.runtime.database.begin(actor=self.holder) as tx:
            acknowledge(tx, outcomes=outcomes, holder=self.holder, transport=name)
            for address in self._bad_addresses:
                suppress_address(
                    tx,
                    keys=self.runtime.keys,
                    channel=Channel.EMAIL,
                    address=address,
                    reason=SuppressionReason.HARD_BOUNCE,
                    source="smtp",
                )
        self._bad_addresses.clear()


def rules_of(runtime: Runtime) -> Rules:
    """Return the rules of contact that the settings make."""
    settings: Settings = runtime.settings
    caps = {Channel.EMAIL: settings.email_weekly_cap, Channel.SMS: settings.sms_weekly_cap}
    return Rules(caps=caps, zone=settings.zone, keys=runtime.keys)


def dispatch_due(runtime: Runtime) -> str:
    """Send what is due for some seconds; say how it went."""
    with open_transports(runtime) as transports:
        dispatcher = Dispatcher(runtime, transports, holder=f"dispatch:{random_token(6)}")
        counts = dispatcher.run()
    return ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "nothing due"
