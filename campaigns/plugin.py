"""What the campaigns package brings to the application."""

from __future__ import annotations

from loyalty.kernel.plugin import Plugin

plugin = Plugin(name="campaigns")
