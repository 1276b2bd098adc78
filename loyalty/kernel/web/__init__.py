"""The web: the only part of the kernel that knows Flask."""
