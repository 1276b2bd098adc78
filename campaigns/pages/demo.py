"""The demo's mailbox: what would have left the building, to be read in the browser."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("demo", __name__, url_prefix="/demo")
