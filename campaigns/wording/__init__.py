"""What a message says: the closed placeholder language, the marks of a body, and SMS lengths."""
