"""The programme in force, compiled and held in memory."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select

from loyalty.compiling import compile_programme
from loyalty.earning import Visit, earn, same_code
from loyalty.errors import NoProgramme
from loyalty.kernel.revisions import Compiled
from loyalty.kernel.tx import Tx
from loyalty.models import ProgrammeVersion
from loyalty.models.programme import VersionState
from loyalty.programme import NO_RULE, WAITING, Programme, WalletRule, shadow_of
from loyalty.values import (
    NO_TIER,
    POINTS,
    Earned,
    PointsEffect,
    ProgrammeVersionId,
    SaleLine,
)

TOPIC = "programme"


@dataclass(frozen=True, slots=True)
class ProgrammeVersionRow:
    """A version of the programme, as a list shows it."""

    version_id: ProgrammeVersionId
    programme: str
    number: int
    effective_from: datetime
    published_at: datetime | None
    published_by: str | None


@dataclass(frozen=True, slots=True)
class BookRules:
    """How every wallet behaves that a member may have, also one that was dropped since.

    ``main_unit`` is the one to lock first. ``shadows`` are the wallets where points may wait;
    only in those of ``waiting`` new points may begin to. ``idle`` are those that are cleared when
    nothing happens in them.
    """

    main_unit: str
    wallets: Mapping[str, WalletRule]
    shadows: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    idle: tuple[str, ...] = ()

    def rule(self, unit: str) -> WalletRule:
        """Return how a wallet behaves."""
        return self.wallets.get(unit, NO_RULE)


NO_BOOKS = BookRules(POINTS, {})
"""Before anything was published."""


@dataclass(frozen=True, slots=True)
class _Published:
    """Every published version: by the instant from which it holds, and by id."""

    starts: tuple[datetime, ...]
    in_order: tuple[Programme, ...]
    by_id: dict[str, Programme]
    books: tuple[BookRules, ...]


def current_programme(tx: Tx, at: datetime | None = None) -> Programme:
    """Return the programme in force at ``at``, by default now. No database call when held.

    Raises:
        NoProgramme: none was published, or the first begins later.
    """
    published = _published.get(tx)
    place = bisect_right(published.starts, at or tx.now)
    if place == 0:
        raise NoProgramme
    return published.in_order[place - 1]


def book_rules(tx: Tx) -> BookRules:
    """Return how wallets behave now: as the programme in force says, or the last that knew them."""
    published = _published.get(tx)
    place = bisect_right(published.starts, tx.now)
    return published.books[place - 1] if place else NO_BOOKS


def programme_of(tx: Tx, version_id: ProgrammeVersionId) -> Programme:
    """Return the version that a posting or purchase names.

    Raises:
        NoProgramme: there is no such version.
    """
    programme = _published.get(tx).by_id.get(version_id)
    if programme is None:
        raise NoProgramme
    return programme


def programme_versions(tx: Tx) -> list[ProgrammeVersionRow]:
    """Return every version, the newest first."""
    rows = tx.run(
        select(
            ProgrammeVersion.id,
            ProgrammeVersion.programme,
            ProgrammeVersion.number,
            ProgrammeVersion.effective_from,
            ProgrammeVersion.published_at,
            ProgrammeVersion.published_by,
        ).order_by(ProgrammeVersion.number.desc())
    )
    return [ProgrammeVersionRow(*row) for row in rows]


def quote_earning(
    tx: Tx,
    *,
    lines: Sequence[SaleLine],
    at: datetime,
    effects: Sequence[PointsEffect] = (),
    tier: str = NO_TIER,
    codes: Sequence[str] = (),
) -> Earned:
    """Return what a basket would earn at an instant, at a level; nothing is written.

    Raises:
        NoProgramme: no programme is in force.
    """
    programme = current_programme(tx)
    here = at.astimezone(programme.zone)
    known = frozenset(same_code(code) for code in codes)
    visit = Visit(tier=tier, at=here.time(), codes=known)
    return earn(programme, lines, on=here.date(), effects=effects, visit=visit).earned


def _load(tx: Tx) -> _Published:
    """Compile every published version, in the order in which they take effect."""
    rows = tx.run(
        select(
            ProgrammeVersion.id,
            ProgrammeVersion.effective_from,
            ProgrammeVersion.document,
            ProgrammeVersion.default_wallet,
        )
        .where(ProgrammeVersion.state == VersionState.PUBLISHED)
        .order_by(ProgrammeVersion.effective_from, ProgrammeVersion.number)
    ).all()
    compiled = [
        compile_programme(row.document, version_id=row.id, default_wallet=row.default_wallet)
        for row in rows
    ]
    starts = tuple(row.effective_from for row in rows)
    return _Published(
        starts=starts,
        in_order=tuple(compiled),
        by_id={programme.version_id: programme for programme in compiled},
        books=tuple(_books(compiled[: place + 1], starts) for place in range(len(compiled))),
    )


def _books(so_far: Sequence[Programme], starts: Sequence[datetime]) -> BookRules:
    """Return the wallets of the last of these versions, and of those before it."""
    rules: dict[str, WalletRule] = {}
    shadows: list[str] = []
    for programme, start in zip(so_far, starts, strict=False):
        since = programme.local_day(start)
        rules |= {
            unit: _idle_from(rules.get(unit), rule, since)
            for unit, rule in programme.wallets.items()
        }
        if programme.pending is not None and programme.default_wallet:
            shadows.append(shadow_of(programme.default_wallet))
    rules |= dict.fromkeys(shadows, WAITING)
    last = so_far[-1]
    waiting = (shadow_of(last.main_unit),) if last.pending is not None else ()
    idle = [unit for unit, rule in rules.items() if rule.expiry.inactive_months is not None]
    return BookRules(last.main_unit, rules, tuple(sorted(set(shadows))), waiting, tuple(idle))


def _idle_from(before: WalletRule | None, rule: WalletRule, since: date) -> WalletRule:
    """Return a rule that counts being idle from the version that brought it in.

    Without another rule before it nobody has a history that it could be held against.
    """
    if before is None or rule.expiry.inactive_months is None:
        return rule
    if before.expiry.inactive_months is None:
        return replace(rule, idle_from=since)
    return replace(rule, idle_from=before.idle_from)


_published = Compiled(TOPIC, _load)
