"""Writes: the life of an offer, what members do with it, counting its uses, ranking."""

from __future__ import annotations

from offers.commands.again import use_offers_again
from offers.commands.grants import (
    Activation,
    Granted,
    activate_offer,
    deactivate_offer,
    grant_offer,
)
from offers.commands.offers import (
    OfferChanged,
    OfferDrafted,
    draft_offer,
    end_offer,
    end_past_offers,
    launch_offer,
)
from offers.commands.ranking import Ranking, grant_for_tier, rank_offers, refresh_affinities
from offers.commands.uses import OffersUsed, UsesRestored, restore_uses, use_offers

__all__ = [
    "Activation",
    "Granted",
    "OfferChanged",
    "OfferDrafted",
    "OffersUsed",
    "Ranking",
    "UsesRestored",
    "activate_offer",
    "deactivate_offer",
    "draft_offer",
    "end_offer",
    "end_past_offers",
    "grant_for_tier",
    "grant_offer",
    "launch_offer",
    "rank_offers",
    "refresh_affinities",
    "restore_uses",
    "use_offers",
    "use_offers_again",
]
