"""Running a story: move the clock, act, compare; a step that breaks does not stop the others."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from typing import Any

from admin.examples.checks import CHECKS, NEED_MARKS
from admin.examples.checks.books import books_mark, books_state
from admin.examples.checks.entries import seq_marks
from admin.examples.checks.sold import not_yet
from admin.examples.compare import compare, shown
from admin.examples.many import in_any_order, repeated, together
from admin.examples.scratch import Scratch
from admin.examples.stage import Answer, Before, NotHonouredYet, Stage, View
from admin.examples.story import Finding, Place, Step, Story
from admin.examples.verbs import VERBS
from admin.examples.world import build
from loyalty.commands import settle_referrals
from loyalty.errors import ProgrammeRefused
from loyalty.kernel.problems import Problem
from loyalty.kernel.tx import Tx
from loyalty.queries import messages_of, tier_progress
from loyalty.values import MemberId
from offers.errors import OfferRefused

THROUGH = "it to go through"


def run_story(story: Story, scratch: Scratch) -> Iterator[Finding]:
    """Yield what became of every expectation, in the order of the file."""
    stage = Stage(story, scratch)
    try:
        build(stage)
        with stage.look() as tx:
            stage.first_marks = _marks(stage, tx)
    except Exception as error:  # noqa: BLE001 - a story that cannot begin is a finding, not a stop
        yield from _not_begun(story, error)
        return
    for step in story.steps:
        yield from _guarded(stage, step)
    yield _books(stage)


def _guarded(stage: Stage, step: Step) -> Iterator[Finding]:
    """Do one step; what breaks around it is a finding too."""
    try:
        yield from run_step(stage, step)
    except Exception as error:  # noqa: BLE001 - one step that breaks must not stop the story
        place = stage.story.at(f"{step.path}.{step.verb}")
        said = str(error) if isinstance(error, NotHonouredYet) else _crash(error)
        yield Finding(place, passed=False, wanted=THROUGH, got=said)


def run_step(stage: Stage, step: Step) -> Iterator[Finding]:
    """Do one step, then compare what came out with what it expects."""
    stage.scratch.clock.move(to=step.posted_at)
    _reward_referrals(stage)
    before = _before(stage, step)
    start = stage.scratch.snapshot() if step.any_order else b""
    answer = together(stage, step, act) if step.parallel > 1 else act(stage, step)
    yield from _went(stage, step, answer, before)
    if step.repeat > 1:
        yield from repeated(stage, step, answer, act)
    if step.any_order:
        yield in_any_order(stage, step, answer, act, start)
    if not step.expect:
        return
    with stage.look() as tx:
        view = View(stage, step, answer, tx, before)
        for key, wanted in step.expect.items():
            yield from _expectation(view, key, wanted)


def _reward_referrals(stage: Stage) -> None:
    """Let referrals be rewarded whose days are over: no verb of a story does it."""
    if "referral" in stage.story.programme:
        with stage.begin("job:reward-referrals") as tx:
            settle_referrals(tx)


def act(stage: Stage, step: Step, nth: int = 0) -> Answer:
    """Do what the step says once; a refusal or a crash is an answer like any other."""
    try:
        return VERBS.get(step.verb, _unknown)(stage, step, nth)
    except Problem as problem:
        return Answer(member=_member(step), refused=problem)
    except NotHonouredYet as error:
        return Answer(member=_member(step), crashed=f"not honoured yet: {error}")
    except Exception as error:  # noqa: BLE001 - one step that breaks must not stop the story
        return Answer(member=_member(step), crashed=_crash(error))


def _expectation(view: View, key: str, wanted: Any) -> Iterator[Finding]:
    """Yield one finding for each leaf of one expectation."""
    path = f"{view.step.path}.expect.{key}"
    story = view.stage.story
    broken = view.answer.crashed or (view.answer.refused and "refused" not in view.step.expect)
    try:
        got = (_broken if broken else CHECKS.get(key, not_yet))(view, wanted)
    except Exception as error:  # noqa: BLE001 - what one expectation breaks on stops no other
        said = str(error) if isinstance(error, NotHonouredYet) else _crash(error)
        for one in compare(wanted, wanted, path):
            yield Finding(story.at(one.path), passed=False, wanted=one.wanted, got=said)
        return
    for one in compare(wanted, got, path):
        yield Finding(story.at(one.path), one.passed, one.wanted, one.got)


def _unknown(stage: Stage, step: Step, nth: int) -> Answer:
    del stage, nth
    raise NotHonouredYet(step.verb)


def _broken(view: View, wanted: Any) -> Any:
    del view, wanted
    raise NotHonouredYet("the step did not go through")


def _went(stage: Stage, step: Step, answer: Answer, before: Before) -> Iterator[Finding]:
    """Yield a finding when the step did not go through although it should, or moved the books."""
    place = stage.story.at(f"{step.path}.{step.verb}")
    if answer.crashed:
        yield Finding(place, passed=False, wanted=THROUGH, got=answer.crashed)
    elif answer.refused is not None and "refused" not in step.expect:
        said = f"refused: {answer.refused.slug} ({answer.refused.detail})"
        yield Finding(place, passed=False, wanted=THROUGH, got=said)
    elif answer.refused is not None and before.books:
        with stage.look() as tx:
            moved = books_mark(tx) != before.books
        if moved:
            got = "refused, and the books moved"
            yield Finding(place, passed=False, wanted="a refusal to move nothing", got=got)


def _before(stage: Stage, step: Step) -> Before:
    """Note what the step's expectations will be compared with."""
    keys = set(step.expect)
    marked = bool(keys & NEED_MARKS)
    booked = bool(keys & {"unchanged", "refused"}) or step.repeat > 1
    if not (marked or booked or keys & {"tier_changed", "messages"}):
        return Before()
    with stage.look() as tx:
        levels = {}
        if "tier_changed" in keys:
            levels = {
                name: tier_progress(tx, id_).level for name, id_ in stage.cast.members.items()
            }
        return Before(
            marks=_marks(stage, tx) if marked else None,
            books=_mark(tx) if booked else "",
            levels=levels,
            messages=_message_counts(stage, tx) if "messages" in keys else {},
        )


def _message_counts(stage: Stage, tx: Tx) -> dict[MemberId, int]:
    found = messages_of(tx, tuple(stage.cast.members.values()))
    return {id_: len(rows) for id_, rows in found.items()}


def _marks(stage: Stage, tx: Any) -> Any:
    try:
        return seq_marks(stage, tx)
    except NotHonouredYet:
        return None


def _mark(tx: Any) -> str:
    try:
        return books_mark(tx)
    except NotHonouredYet:
        return ""


def _books(stage: Stage) -> Finding:
    """Return whether the books add up at the end of the document."""
    try:
        with stage.look() as tx:
            state = books_state(tx)
    except Exception as error:  # noqa: BLE001 - books that cannot be read do not add up
        state = _crash(error)
    return Finding(stage.story.at("books"), state == "balanced", "balanced", state)


def _not_begun(story: Story, error: Exception) -> Iterator[Finding]:
    """Yield why a story could not begin, at the place that is to blame."""
    if isinstance(error, ProgrammeRefused):
        for path, reasons in error.errors.items():
            place = programme_place(story, path)
            yield Finding(place, passed=False, wanted="a programme", got=shown(reasons))
    elif isinstance(error, OfferRefused):
        for fault in error.faults:
            place = story.at(f"offers.{fault['path']}")
            yield Finding(place, passed=False, wanted="an offer", got=str(fault["problem"]))
    else:
        honest = isinstance(error, NotHonouredYet)
        got = f"not honoured yet: {error}" if honest else _crash(error)
        yield Finding(story.place, passed=False, wanted="a story that begins", got=got)


def programme_place(story: Story, path: str) -> Place:
    """Return where a path of the programme stands: under ``with``, or in the document itself."""
    place = story.at(f"with.{path}")
    top = path.partition(".")[0].partition("[")[0]
    return place if f"with.{top}" in story.lines else story.at(f"programme.{path}".rstrip("."))


def _crash(error: Exception) -> str:
    """Return one line about an exception: what it is, what it says, and where it came from."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    said = str(error).splitlines()[0] if str(error) else ""
    return f"crashed: {type(error).__name__}: {said} ({last.name}, line {last.lineno})"


def _member(step: Step) -> str | None:
    """Return whom a step that did not go through speaks of."""
    named = step.asked.get("member") if isinstance(step.asked, dict) else None
    return named if isinstance(named, str) and named != "none" else None
