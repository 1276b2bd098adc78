"""Progress bars on standard error, one line for each step of a long work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn
from rich.progress import TimeElapsedColumn as Elapsed


@dataclass(frozen=True, slots=True)
class Step:
    """One line: how far it has come."""

    progress: Progress
    task: TaskID

    def advance(self, by: int = 1) -> None:
        """Say that ``by`` more are done."""
        self.progress.advance(self.task, by)


@dataclass(frozen=True, slots=True)
class Steps:
    """All the lines, one under the other."""

    progress: Progress
    plain: Console | None = None
    """Where the beginning of each step is said, when bars cannot be drawn."""

    def begin(self, title: str, total: int) -> Step:
        """Add a line of ``total`` things to do, or just say that it begins."""
        if self.plain is not None:
            self.plain.print(f"{title} ...")
        return Step(self.progress, self.progress.add_task(title, total=total))


@contextmanager
def show_steps(*, quiet: bool = False) -> Iterator[Steps]:
    """Draw steps while the block runs; ``quiet`` draws nothing."""
    columns = (TextColumn("{task.description:<28}"), BarColumn(), TaskProgressColumn(), Elapsed())
    console = Console(stderr=True)
    drawn = console.is_terminal and not quiet
    with Progress(*columns, console=console, disable=not drawn) as progress:
        yield Steps(progress, plain=None if drawn or quiet else console)
