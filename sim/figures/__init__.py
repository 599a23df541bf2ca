"""Figures of a result (matplotlib): functions from frames to a `Figure`, and `draw_all` for a result's folder."""
