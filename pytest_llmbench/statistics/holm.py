"""Several tests at once: the more are made, the more of them are extreme by chance alone."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values, so that the chance of even one false alarm among them stays at the level.

    Step-down: the smallest is multiplied by their number, the next by one less, and so on, none below
    the one before it. Source: Holm, A Simple Sequentially Rejective Multiple Test Procedure, 1979.
    Nothing is assumed of how the tests depend on each other.
    """
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    adjusted = [1.0] * len(p_values)
    least = 0.0
    for rank, place in enumerate(order):
        least = max(least, min(1.0, p_values[place] * (len(p_values) - rank)))
        adjusted[place] = least
    return adjusted
