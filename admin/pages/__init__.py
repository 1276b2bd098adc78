"""The back office: sign-in, live figures, members, staff, tills, the books."""

from __future__ import annotations

from admin.pages import books, caring, entry, home, member, members, owed, people, programme, tills
from admin.pages.blueprint import blueprint

__all__ = [
    "blueprint",
    "books",
    "caring",
    "entry",
    "home",
    "member",
    "members",
    "owed",
    "people",
    "programme",
    "tills",
]
