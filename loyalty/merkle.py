"""A tree of hashes over the heads of all ledgers: one root stands for every posting.

Who holds a root and a path can tell that a leaf belongs to it without seeing any other leaf. The
leaves are in the order of member and wallet; a node without a neighbour moves up as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Leaf:
    """A wallet's postings from one seal to the next, by the head of the last one."""

    member_id: str
    unit: str
    from_seq: int
    to_seq: int
    head: str

    @property
    def digest(self) -> str:
        """Return the leaf's hash."""
        return _hash(f"leaf:{self.member_id}:{self.unit}:{self.from_seq}:{self.to_seq}:{self.head}")


def root_of(leaves: Sequence[Leaf]) -> str:
    """Return the root of the tree; an empty text when there are no leaves."""
    *_, top = _levels([leaf.digest for leaf in leaves])
    return top[0] if top else ""


def path_to(leaves: Sequence[Leaf], place: int) -> list[tuple[str, str]]:
    """Return what has to be hashed onto a leaf to reach the root: its side, and the neighbour."""
    path = []
    for level in _levels([leaf.digest for leaf in leaves]):
        neighbour = place ^ 1
        if neighbour < len(level):
            path.append(("left" if neighbour < place else "right", level[neighbour]))
        place //= 2
    return path


def climb(digest: str, path: Sequence[tuple[str, str]]) -> str:
    """Return the root that a leaf's hash and its path lead to."""
    for side, neighbour in path:
        left, right = (neighbour, digest) if side == "left" else (digest, neighbour)
        digest = _node(left, right)
    return digest


def day_seal(number: int, on: str, root: str, previous: str, rows: str = "") -> str:
    """Return the seal of a day: it holds its root, and the seal of the day before.

    ``rows`` is what it says of sealed rows; days of before rows were sealed have none.
    """
    return _hash(":".join(["day", str(number), on, root, previous, *([rows] if rows else [])]))


def _levels(level: list[str]) -> Iterator[list[str]]:
    """Yield the levels of the tree, the leaves first, the root last."""
    yield level
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        above = [_node(left, right) for left, right in pairs]
        level = above + level[len(level) - len(level) % 2 :]
        yield level


def _node(left: str, right: str) -> str:
    return _hash(f"node:{left}:{right}")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
