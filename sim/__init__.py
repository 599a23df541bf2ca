"""Tuopin."""
