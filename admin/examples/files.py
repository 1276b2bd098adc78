"""Running files: each document on a scratch database of its own, several processes at once."""

from __future__ import annotations

import gc
import itertools
import multiprocessing
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from admin.examples.reading import read_stories
from admin.examples.report import Outcome, Report
from admin.examples.running import run_story
from admin.examples.scratch import Scratch, template
from admin.examples.story import Fault, Finding, Place, Story
from loyalty.kernel.clock import monotonic
from loyalty.kernel.shapes import without_directives

_BREAK = re.compile(r"^---(?=[ \t\r]|$)", re.MULTILINE)
_NOTHING = "this file holds no example"
WORTH_SHARING = 8
"""From how many documents on a second process is worth its start."""
IN_ONE_GO = 4

_scratch: list[Scratch] = []
"""The scratch database of this process; made before it is asked for the first document."""


@dataclass(frozen=True, slots=True)
class Part:
    """One document of a file, with empty lines before it so that its lines keep their numbers."""

    file: str
    folder: str
    text: str
    tags: frozenset[str]


def run_files(
    paths: Sequence[Path],
    *,
    tags: frozenset[str] = frozenset(),
    jobs: int = 2,
    told: Callable[[Outcome], None] | None = None,
) -> Report:
    """Run every document of ``paths`` that has one of ``tags``, or all without tags.

    ``told`` hears of each document as it is done, in the order of the files.
    """
    started = monotonic()
    report = Report()
    for outcomes in _run([part for path in paths for part in parts_of(path, tags)], jobs):
        for outcome in outcomes:
            report.outcomes.append(outcome)
            if told is not None:
                told(outcome)
    report.seconds = monotonic() - started
    return report


def run_text(text: str, *, name: str = "text") -> Report:
    """Run the documents of one text, here and now."""
    report = Report()
    for part in _split(text, name, ".", frozenset()):
        report.outcomes.extend(run_part(part))
    return report


def run_read(found: Iterable[Story | tuple[Fault, ...]], file: str) -> Report:
    """Run stories that were read already, here and now."""
    if not _scratch:
        _scratch.append(Scratch(template()))
    report, part = Report(), Part(file, ".", "", frozenset())
    with _no_collecting():
        report.outcomes.extend(_outcome(part, one) for one in found)
    return report


def parts_of(path: Path, tags: frozenset[str] = frozenset()) -> Iterator[Part]:
    """Yield the documents of a file."""
    text = path.read_text(encoding="utf-8-sig", errors="surrogateescape")
    yield from _split(text, str(path), str(path.parent), tags)


def run_part(part: Part) -> list[Outcome]:
    """Run what one part of a file holds; none when its tags were not asked for."""
    if not part.text:
        place = Place(part.file, 1, "")
        nothing = Finding(place, passed=False, wanted="an example", got=_NOTHING)
        return [Outcome(part.file, 1, "", 0, (nothing,))]
    if not _scratch:
        _scratch.append(Scratch(template()))
    with _no_collecting():
        found = read_stories(part.text, file=part.file, folder=Path(part.folder))
        return [_outcome(part, one) for one in found if _is_wanted(one, part.tags)]


def _outcome(part: Part, one: Story | tuple[Fault, ...]) -> Outcome:
    if isinstance(one, Story):
        findings = tuple(run_story(one, _scratch[0]))
        return Outcome(part.file, one.place.line, one.title, len(one.steps), findings)
    findings = tuple(
        Finding(fault.place, passed=False, wanted="what can be read", got=fault.sentence)
        for fault in one
    )
    return Outcome(part.file, one[0].place.line if one else 1, "", 0, findings)


def _is_wanted(one: Story | tuple[Fault, ...], tags: frozenset[str]) -> bool:
    return not tags or not isinstance(one, Story) or bool(tags & one.tags)


def _run(parts: list[Part], jobs: int) -> Iterator[list[Outcome]]:
    """Yield the outcomes of each part in order, from this process or from several."""
    if jobs < 2 or len(parts) < WORTH_SHARING:  # noqa: PLR2004 - two are company
        yield from map(run_part, parts)
        return
    _scratch[:] = [Scratch(template())]
    together = multiprocessing.get_context("fork")
    with together.Pool(min(jobs, len(parts))) as pool:
        yield from pool.imap(run_part, parts, chunksize=IN_ONE_GO)


def _split(text: str, file: str, folder: str, tags: frozenset[str]) -> Iterable[Part]:
    """Cut a file where documents begin: three dashes in the first column mean nothing else."""
    text = without_directives(text)
    starts = [0, *(found.start() for found in _BREAK.finditer(text)), len(text)]
    found = 0
    for start, end in itertools.pairwise(starts):
        document = text[start:end]
        if _BREAK.sub("", document, count=1).strip():
            found += 1
            yield Part(file, folder, "\n" * text.count("\n", 0, start) + document, tags)
    if not found:
        yield Part(file, folder, "", tags)


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Keep the garbage collector out while a document runs: nothing that it makes is circular."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
