"""Programmes that give or find work."""
