"""Ways out of the building: one module each, all with the same two kinds of answer."""
