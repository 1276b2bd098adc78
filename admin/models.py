"""Every table of the application, so that the schema is complete wherever this is imported."""

from __future__ import annotations

import campaigns.models
import loyalty.kernel.access.models
import loyalty.kernel.audit
import loyalty.kernel.jobs
import loyalty.kernel.outbox
import loyalty.kernel.revisions
import loyalty.models
import offers.models
from loyalty.kernel.db import Base

__all__ = ["Base", "campaigns", "loyalty", "offers"]
