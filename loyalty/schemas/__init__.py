"""Shapes of what comes in and goes out, in marshmallow."""
