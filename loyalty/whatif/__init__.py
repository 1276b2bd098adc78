"""What a change of the rules would have done: real purchases replayed under another programme."""

from __future__ import annotations

from loyalty.whatif.replay import Bought, Outcome, replay
from loyalty.whatif.tally import Segment, Side, Tally, add_member, merged

__all__ = ["Bought", "Outcome", "Segment", "Side", "Tally", "add_member", "merged", "replay"]
