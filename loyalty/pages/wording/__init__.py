"""The sentences in which a programme's rules are told, one module for each part of them."""
