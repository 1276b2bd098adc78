"""The composition root: application factory, command line, worker and back office."""
