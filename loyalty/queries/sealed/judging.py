"""Whether a book's rows are those that were sealed, or became what they are in the open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from loyalty.kernel.tx import Tx
from loyalty.queries.sealed.books import Book, Trace
from loyalty.queries.sealed.cut import Cut
from loyalty.queries.sealed.pages import Found, Key
from loyalty.queries.sealed.records import GONE, Record
from loyalty.queries.sealed.rows import spell
from loyalty.queries.sealed.traces import traced

TOUCHED = "is not as it was sealed"
UNTRACED = "moved since it was sealed, and nothing shows why"
MISSING = "was sealed and is not there"
BELATED = "is older than the last seal, which does not hold it"
ADRIFT = "hangs on a row that is not there"


@dataclass(slots=True)
class Judged:
    """What is new, has moved or has gone, rightly; and what is wrong: row, and how."""

    new: dict[Key, Found] = field(default_factory=dict)
    moved: dict[Key, Found] = field(default_factory=dict)
    gone: list[Key] = field(default_factory=list)
    wrong: dict[Key, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Suspect:
    """A row that is right if something happened to ``who``."""

    who: str
    name: str
    found: Found | None
    new: bool
    why: str


def judge(
    tx: Tx, book: Book, found: Mapping[Key, Found], records: Mapping[Key, Record], cut: Cut
) -> Judged:
    """Hold rows against their last records."""
    bench = _Bench(book, cut, Judged(), {})
    for key in found.keys() | records.keys():
        row, record = found.get(key), records.get(key)
        if row is None:
            assert record is not None
            bench.missing(key, record)
        elif key[1].startswith("?"):
            bench.judged.wrong[key] = (f"{row.marks} {key[0]}/{row.lines[0][0]}", ADRIFT)
        elif record is None or record.digest == GONE:
            bench.new(key, row, record)
        elif row.digest != record.digest:
            bench.differing(key, row, record)
        elif record.state and spell(row.state) != record.state:
            bench.moved(key, row, record)
    bench.ask(tx)
    return bench.judged


@dataclass(frozen=True, slots=True)
class _Bench:
    """Judges row by row; who needs a trace is asked for at the end, all at once."""

    book: Book
    cut: Cut
    judged: Judged
    suspects: dict[Key, _Suspect]

    def new(self, key: Key, row: Found, record: Record | None) -> None:
        """Judge a row that no record holds, or one that was gone."""
        since, book = self.cut.since_whole, self.book
        told = record is not None or book.name in self.cut.books
        if since is None or not told or book.born_empty:
            self.judged.new[key] = row
        elif not book.at:
            self.suspects[key] = self._suspect(key, row.state, row, why=BELATED, new=True)
        elif row.at is None or row.at >= since:
            self.judged.new[key] = row
        else:
            self.judged.wrong[key] = (name_of(book, key, row.state), BELATED)

    def missing(self, key: Key, record: Record) -> None:
        """Judge a record whose row is not there."""
        if record.digest == GONE:
            return
        if self.book.trace in {Trace.MEMBER, Trace.STANDING}:
            self.suspects[key] = self._suspect(key, record.moved, None, why=MISSING)
        else:
            self.judged.wrong[key] = (name_of(self.book, key, record.moved), MISSING)

    def differing(self, key: Key, row: Found, record: Record) -> None:
        """Judge a row that is not as it was sealed: some may get rows added, with a trace."""
        book = self.book
        named = first_difference(book, key, row, record.marks)
        tables = [None, *book.children]
        pairs = zip(tables, row.marks.split("|"), record.marks.split("|"), strict=False)
        changed = [table for table, here, there in pairs if here != there]
        if book.later and all(table in book.later for table in changed):
            who = _who(book, key, row.state)
            self.suspects[key] = _Suspect(who, named, row, new=False, why=TOUCHED)
        else:
            self.judged.wrong[key] = (named, TOUCHED)

    def moved(self, key: Key, row: Found, record: Record) -> None:
        """Take a row as rightly moved if it says when and more than that changed; else ask."""
        was, at = record.moved, row.state.get(self.book.moved_at)
        changed = {name for name, value in row.state.items() if value != was.get(name)}
        since = self.cut.since_whole
        told = isinstance(at, int) and (since is None or at >= since)
        if told and self.book.moved_at in changed and len(changed) > 1:
            self.judged.moved[key] = row
        else:
            self.suspects[key] = self._suspect(key, row.state, row, why=UNTRACED)

    def _suspect(
        self, key: Key, state: Mapping[str, Any], row: Found | None, *, why: str, new: bool = False
    ) -> _Suspect:
        book = self.book
        return _Suspect(_who(book, key, state), name_of(book, key, state), row, new, why)

    def ask(self, tx: Tx) -> None:
        """Ask for traces of all suspects."""
        if not self.suspects:
            return
        asked = {one.who for one in self.suspects.values()}
        known = traced(tx, self.book.trace, asked, self.cut)
        for key, one in self.suspects.items():
            if one.who not in known:
                self.judged.wrong[key] = (one.name, one.why)
            elif one.found is None:
                self.judged.gone.append(key)
            else:
                (self.judged.new if one.new else self.judged.moved)[key] = one.found


def _who(book: Book, key: Key, state: Mapping[str, Any]) -> str:
    if book.who in state:
        return str(state[book.who])
    place = book.key.index(book.who)
    return key[0] if place == 0 else key[1].split("/")[place - 1]


def name_of(book: Book, key: Key, state: Mapping[str, Any]) -> str:
    """Return a row's table and key."""
    if book.shown:
        return f"{book.name} {'/'.join(str(state.get(name, '')) for name in book.shown)}"
    return f"{book.name} {'/'.join(one for one in key if one)}"


def first_difference(book: Book, key: Key, row: Found, marks: str) -> str:
    """Return the table and key of the first row that is not as a record's marks say."""
    if not book.children:
        return name_of(book, key, row.state)
    tables = [book.name, *(table.name for table in book.child_tables)]
    now, then = row.marks.split("|"), marks.split("|")
    for table, lines, here, there in zip(tables, row.lines, now, then, strict=False):
        if here != there:
            return f"{table} {key[0]}{named_line(lines, here.split(), there.split())}"
    return name_of(book, key, row.state)


def named_line(lines: tuple[str, ...], now: list[str], then: list[str]) -> str:
    """Return the key of the first line that is another than it was, or where one is missing."""
    if not lines and len(now) >= len(then):
        return ""
    place = next(
        (at for at, (one, other) in enumerate(zip(now, then, strict=False)) if one != other),
        min(len(now), len(then)),
    )
    if len(now) < len(then):
        return f"/{place + 1} of {len(then)}"
    return f"/{lines[min(place, len(lines) - 1)]}"
