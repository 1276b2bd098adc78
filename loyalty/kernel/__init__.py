"""Vocabulary and plumbing. Knows nothing of loyalty."""
