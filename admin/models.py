"""Every table of the application, so that the schema is complete wherever this is imported."""

from __future__ import annotations

from loyalty.kernel.db import Base

__all__ = ["Base"]
