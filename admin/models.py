"""Every table of the application, so that the schema is complete wherever this is imported."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module

from loyalty.kernel.db import Base

for _name in (
    "loyalty.kernel.access.models",
    "loyalty.kernel.audit",
    "loyalty.kernel.jobs",
    "loyalty.kernel.outbox",
    "loyalty.kernel.revisions",
    "loyalty.models",
    "offers.models",
    "campaigns.models",
):
    with suppress(ModuleNotFoundError):
        import_module(_name)

__all__ = ["Base"]
