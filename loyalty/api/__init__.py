"""The documented API of the ledger."""
