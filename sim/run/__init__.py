"""One county histories: its burn-in, the order of its years, what a run records, and its saved state."""
