"""Pages of the campaigns package: the marketer's, the shopper's way out, and the demo's mailbox."""
