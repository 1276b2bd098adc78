"""Members, cards, the points ledger, tiers, vouchers and consents."""
