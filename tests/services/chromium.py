"""Find the Chromium that drives the browser tests."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
FLAGS = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu")
"""Root and containers need these; pages of our own are all it sees."""
ABSENCE = (
    "No Chromium was found: {count} browser tests were left out. "
    "Install one (Debian: apt install chromium) or name it in CHROMIUM."
)


def find_chromium() -> str | None:
    """Return the path of a Chromium, ``CHROMIUM`` first, or ``None``."""
    if named := os.environ.get("CHROMIUM"):
        return named
    on_path = (shutil.which(name) for name in NAMES)
    installed = (place for place in PLACES if Path(place).exists())
    return next((path for path in (*on_path, *installed) if path), None)
