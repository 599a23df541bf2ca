"""Invariants that authors hold their own policies to; imported as `tuopin.testing`."""
