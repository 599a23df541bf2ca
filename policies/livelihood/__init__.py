"""Livelihood: programmes that build up what households produce and sell."""
