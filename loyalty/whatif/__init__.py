"""What a change of the rules would have done: real purchases replayed under another programme."""

from __future__ import annotations

from loyalty.whatif.replay import Bought, Outcome, replay
from loyalty.whatif.segments import BANDS, By, Segment, band_of
from loyalty.whatif.tally import Side, Tally, add_member, merged, read_tally, tally_document

__all__ = [
    "BANDS",
    "Bought",
    "By",
    "Outcome",
    "Segment",
    "Side",
    "Tally",
    "add_member",
    "band_of",
    "merged",
    "read_tally",
    "replay",
    "tally_document",
]
