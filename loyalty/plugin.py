"""What the loyalty package brings."""

from __future__ import annotations

from loyalty.api import (
    books,
    challenges,
    earnings,
    explaining,
    joining,
    me,
    members,
    moving,
    my_books,
    spending,
)
from loyalty.cli import COMMANDS
from loyalty.jobs import JOBS
from loyalty.kernel.plugin import Plugin
from loyalty.pages import NAV, blueprint

plugin = Plugin(
    name="loyalty",
    api=(
        members.blueprint,
        books.blueprint,
        spending.blueprint,
        moving.blueprint,
        joining.blueprint,
        explaining.blueprint,
        me.blueprint,
        earnings.blueprint,
        my_books.blueprint,
        challenges.blueprint,
    ),
    pages=(blueprint,),
    jobs=JOBS,
    commands=COMMANDS,
    nav=NAV,
)
