"""Promotions on a basket, and the offers chosen for each member."""
