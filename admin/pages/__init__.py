"""The back office: sign-in, live figures, members, staff, tills, the books."""

from __future__ import annotations

from admin.pages import (
    approvals,
    books,
    caring,
    data,
    entry,
    home,
    household,
    level,
    member,
    members,
    owed,
    people,
    points,
    programme,
    rewards,
    statement,
    surveys,
    tills,
    what_if,
)
from admin.pages.blueprint import blueprint

__all__ = [
    "approvals",
    "blueprint",
    "books",
    "caring",
    "data",
    "entry",
    "home",
    "household",
    "level",
    "member",
    "members",
    "owed",
    "people",
    "points",
    "programme",
    "rewards",
    "statement",
    "surveys",
    "tills",
    "what_if",
]
