"""Writes of the till: a sale, a return. Both join the caller's transaction and may be repeated."""

from pos_adapter.commands.claims import claim_purchase, decide_claim, settle_waiting
from pos_adapter.commands.loose_returns import return_without_receipt
from pos_adapter.commands.reinstating import reinstate_sale
from pos_adapter.commands.returns import return_articles
from pos_adapter.commands.sales import commit_sale

__all__ = [
    "claim_purchase",
    "commit_sale",
    "decide_claim",
    "reinstate_sale",
    "return_articles",
    "return_without_receipt",
    "settle_waiting",
]
