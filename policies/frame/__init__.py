"""Policies that frame the rest: what befalls a county whatever its programmes do."""
