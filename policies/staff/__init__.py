"""Programmes that staff the effort."""
