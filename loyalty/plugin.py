"""What the loyalty package brings."""

from __future__ import annotations

from loyalty.api import me, members
from loyalty.cli import COMMANDS
from loyalty.jobs import JOBS
from loyalty.kernel.plugin import Plugin
from loyalty.pages import NAV, blueprint

plugin = Plugin(
    name="loyalty",
    api=(members.blueprint, me.blueprint),
    pages=(blueprint,),
    jobs=JOBS,
    commands=COMMANDS,
    nav=NAV,
)
