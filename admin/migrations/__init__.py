"""Migrations, numbered; each must run beside the code before it."""
