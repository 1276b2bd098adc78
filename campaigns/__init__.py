"""Audiences, campaigns, and the e-mail and SMS that leave the building."""
