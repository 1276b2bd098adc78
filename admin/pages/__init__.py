"""The back office: sign-in, live figures, members, staff, tills, the books."""

from __future__ import annotations

from admin.pages import books, entry, home, members, people, tills
from admin.pages.blueprint import blueprint

__all__ = ["blueprint", "books", "entry", "home", "members", "people", "tills"]
