"""A believable shop to show, to test and to learn with: one grocer, invented from a seed."""
