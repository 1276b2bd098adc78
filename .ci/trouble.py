"""What only the person at the keyboard can put right."""

NO_NETWORK = (
    "No network: the package index did not answer. Connect, or set PIP_INDEX_URL to an index you "
    "can reach, and run the same command again."
)


class Trouble(Exception):
    """Nothing more can be done here. The message is one line that names the way out."""
