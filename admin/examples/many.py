"""One step many times: again (``repeat``), at once (``parallel``), in any order."""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from threading import Barrier
from typing import Any

from admin.examples.checks.books import books_mark
from admin.examples.stage import Answer, NotHonouredYet, Stage
from admin.examples.story import Finding, Step
from admin.examples.world import build

Act = Callable[[Stage, Step, int], Answer]

MOST_ORDERS = 120
_OF_ITSELF = frozenset({"replayed", "basket", "posted_at", "balance"})
"""What the answer to a repetition may say differently."""


def repeated(stage: Stage, step: Step, first: Answer, act: Act) -> Iterator[Finding]:
    """Make the same request again and again: the same answer, and nothing moves.

    Yields one finding for the answers and one for the books.
    """
    before = _mark(stage)
    wanted, same, still = _told(first), "the same answer", "nothing to move"
    answered = moved = ""
    for _ in range(step.repeat - 1):
        again = _told(act(stage, step, 0))
        answered = answered or _difference(wanted, again)
        moved = moved or ("the books moved" if _mark(stage) != before else "")
    place = stage.story.at(f"{step.path}.repeat")
    yield Finding(place, not answered, same, answered or same, "answer")
    yield Finding(place, not moved, still, moved or still, "books")


def together(stage: Stage, step: Step, act: Act) -> Answer:
    """Make ``step.parallel`` requests at once, each on a connection of its own.

    Each is a cause of its own unless the step names a source. Returns the first answer that went
    through, with how many did.
    """
    number = step.parallel
    stage.scratch.on_file(number + 1)
    barrier = Barrier(number)

    def one(nth: int) -> Answer:
        barrier.wait()
        return act(stage, step, 0 if step.source else nth)

    with ThreadPoolExecutor(number) as pool:
        answers = list(pool.map(one, range(number)))
    good = [answer for answer in answers if answer.refused is None and not answer.crashed]
    refused = [answer for answer in answers if answer.refused is not None]
    crashed = next((answer for answer in answers if answer.crashed), None)
    first = crashed or (good or refused)[0]
    first.succeeded, first.refused_count = len(good), len(refused)
    return first


def in_any_order(stage: Stage, step: Step, base: Answer, act: Act, start: bytes) -> Finding:
    """Do the step under every order of its lines or of the offers: the same must come out.

    ``start`` is the database before the step. The database is left as the base run left it.
    """
    place = stage.story.at(f"{step.path}.any_order")
    same = "the same in any order"
    if step.parallel > 1 or step.repeat > 1:
        raise NotHonouredYet("any_order beside repeat or parallel")
    after, now = stage.scratch.snapshot(), stage.scratch.clock()
    lines = len(step.asked.get("lines", ()))
    wanted = _keyed(stage, base, tuple(range(lines)))
    difference = ""
    if "lines" in step.any_order:
        difference = _lines_in_any_order(stage, step, wanted, act, start)
    if "offers" in step.any_order and not difference:
        difference = _offers_in_any_order(stage, step, wanted, act)
    stage.scratch.restore(after)
    stage.scratch.clock.move(to=now)
    return Finding(place, not difference, same, difference or same)


def _lines_in_any_order(
    stage: Stage, step: Step, wanted: dict[str, Any], act: Act, start: bytes
) -> str:
    """Return how an order of the lines differs from the file's; empty when none does."""
    cast = stage.cast
    for order in orders(len(step.asked.get("lines", ()))):
        stage.scratch.restore(start)
        stage.cast = cast.copy()
        lines = [step.asked["lines"][index] for index in order]
        answer = act(stage, replace(step, asked={**step.asked, "lines": lines}), 0)
        said = _difference(wanted, _keyed(stage, answer, order))
        if said:
            stage.cast = cast
            return f"in the order {[one + 1 for one in order]}: {said}"
    stage.cast = cast
    return ""


def _offers_in_any_order(stage: Stage, step: Step, wanted: dict[str, Any], act: Act) -> str:
    """Return how an order of creating the offers differs from the file's, from the beginning."""
    story = stage.story
    straight = tuple(range(len(step.asked.get("lines", ()))))
    for order in orders(len(story.offers)):
        offers = tuple(story.offers[index] for index in order)
        other = Stage(replace(story, offers=offers), stage.scratch)
        build(other)
        for earlier in story.steps[: step.number - 1]:
            stage.scratch.clock.move(to=earlier.posted_at)
            act(other, earlier, 0)
        stage.scratch.clock.move(to=step.posted_at)
        said = _difference(wanted, _keyed(other, act(other, step, 0), straight))
        if said:
            return f"with the offers {[one['id'] for one in offers]}: {said}"
    return ""


def orders(number: int) -> Iterator[tuple[int, ...]]:
    """Yield every order of ``number`` things, or 120 of them, always the same ones."""
    places = tuple(range(number))
    if math.factorial(number) <= MOST_ORDERS:
        yield from itertools.permutations(places)
        return
    seen = dict.fromkeys(
        [
            places,
            places[::-1],
            *(places[turn:] + places[:turn] for turn in places),
            *(_swapped(places, left) for left in places[:-1]),
        ]
    )
    for draw in itertools.count():
        if len(seen) >= MOST_ORDERS:
            break
        seen[tuple(sorted(places, key=lambda one: _drawn(number, draw, one)))] = None
    yield from itertools.islice(seen, MOST_ORDERS)


def _swapped(places: Sequence[int], left: int) -> tuple[int, ...]:
    swapped = list(places)
    swapped[left], swapped[left + 1] = swapped[left + 1], swapped[left]
    return tuple(swapped)


def _drawn(number: int, draw: int, one: int) -> bytes:
    return hashlib.sha256(f"{number}:{draw}:{one}".encode()).digest()


def _mark(stage: Stage) -> str:
    with stage.look() as tx:
        return books_mark(tx)


def _told(answer: Answer) -> dict[str, Any]:
    """Return an answer as plain data, without what a repetition may say differently."""
    if answer.refused is not None:
        return {"refused": answer.refused.slug}
    if answer.crashed:
        return {"crashed": answer.crashed}
    return {"answer": _plain(answer.result)}


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain(getattr(value, field.name))
            for field in fields(value)
            if field.name not in _OF_ITSELF
        }
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, set | frozenset):
        return sorted(str(one) for one in value)
    return value.isoformat() if isinstance(value, date | datetime) else value


def _difference(wanted: Any, got: Any, path: str = "") -> str:
    """Return the first place where two answers differ; empty when they do not."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        for key in sorted(set(wanted) | set(got)):
            where = f"{path}.{key}" if path else str(key)
            if said := _difference(wanted.get(key), got.get(key), where):
                return said
        return ""
    if isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        for place, pair in enumerate(zip(wanted, got, strict=True)):
            if said := _difference(*pair, f"{path}[{place}]"):
                return said
        return ""
    return "" if wanted == got else f"{path} is {got!r}, was {wanted!r}"


def _keyed(stage: Stage, answer: Answer, order: Sequence[int]) -> dict[str, Any]:
    """Return what came out of a basket with each line at its original place."""
    if answer.refused is not None or answer.crashed:
        return _told(answer)
    receipt, basket = answer.receipt, answer.basket
    found: dict[str, Any] = {
        name: getattr(receipt, name, None) for name in ("total_minor", "due_minor")
    }
    found["earned"] = dict(getattr(receipt, "earned_by_unit", {}))
    if basket is not None:
        found["applied"] = sorted(one.slug for one in basket.applied)
        found["lines"] = {
            str(order[priced.line.line_no - 1]): _line(stage, priced)
            for priced in basket.lines
            if priced.line.line_no <= len(order)
        }
    return found


def _line(stage: Stage, priced: Any) -> dict[str, Any]:
    slugs = stage.cast.slugs
    return {
        "paid": priced.paid_minor,
        "shares": sorted(
            (slugs.get(share.offer_id, share.offer_id), share.amount_minor)
            for share in priced.shares
        ),
    }
