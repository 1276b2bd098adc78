"""Tills: card look-up, quotes, sales and returns."""
