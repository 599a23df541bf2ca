"""Which documented systems the program carries: the list of all, what modules say of theirs, and whether it holds."""
