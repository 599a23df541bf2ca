"""What is said where a part of the households stands for all."""

from __future__ import annotations


def part_simulated(scale: float) -> str:
    """What a scale means, e.g. ``a fifth of the households of every village is simulated, ...``."""
    return (
        f"{share(scale)} of the households of every village are simulated, with capacities and money to match;"
        " printed totals are brought back to full size"
    )


def share(scale: float) -> str:
    """A share of the households in per cent, with the digits that tell it from nothing."""
    return f"{100 * scale:.3g}%"
