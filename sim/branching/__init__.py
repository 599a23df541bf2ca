"""Branching: a result's runs go on from a year under other policies; what `tuopin branch` does."""
