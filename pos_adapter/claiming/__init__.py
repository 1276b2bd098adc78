"""Claims of purchases that were made without the card."""
