"""What a call has cost, from the tokens that the provider counted and the model's price."""

from __future__ import annotations

from typing import Protocol

from pytest_llmbench.models.model import Model

_PER = 1_000_000
"""Prices are per so many tokens."""


class TokenCounts(Protocol):
    """Tokens of one call; None where the provider did not say. `output` includes reasoning tokens."""

    @property
    def input(self) -> int | None:
        """Tokens of the prompt, cached ones included."""

    @property
    def output(self) -> int | None:
        """Tokens of the reply."""


def cost_usd(usage: TokenCounts, model: Model) -> float | None:
    """Say what one call has cost.

    Returns:
        USD: the output's cost, and the input's as well where the model's input price is known;
        None where a price or a count that this needs is not known. Never 0 for "unknown".
    """
    if model.price_output is None or usage.output is None:
        return None
    output = usage.output * model.price_output
    if model.price_input is None:
        return output / _PER
    if usage.input is None:
        return None
    return (output + usage.input * model.price_input) / _PER
