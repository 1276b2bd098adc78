"""What the loyalty package brings."""

from __future__ import annotations

from loyalty.api import me
from loyalty.kernel.plugin import Plugin
from loyalty.pages import NAV, blueprint

plugin = Plugin(name="loyalty", api=(me.blueprint,), pages=(blueprint,), nav=NAV)
