"""What a call may cost at worst, before it is made, and what it has cost: in whole billionths of a USD.

Whole numbers add up exactly, in any order. Everything is rounded up.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.completions.trial import Trial
from pytest_llmbench.completions.trouble import Trouble
from pytest_llmbench.models.model import Model

NANO = 1_000_000_000
"""Billionths in one USD."""

_PER_TOKEN = 1000
"""Billionths of a USD per token, at a price of 1 USD per million tokens."""

_TEMPLATE_TOKENS = 64
"""Tokens that a server's chat template may put around one message."""


def prompt_tokens(trial: Trial) -> int:
    """Say how many tokens a prompt has at most: no tokenizer makes more tokens than there are bytes."""
    texts = [text for text in (trial.system, trial.prompt) if text]
    return sum(len(text.encode("utf-8", "replace")) + _TEMPLATE_TOKENS for text in texts)


def worst_nano(trial: Trial, model: Model) -> int | None:
    """Say what an attempt costs at most; None where the output's price is not known.

    The input counts at the output's price while its own is not known.
    """
    return tokens_nano(prompt_tokens(trial), trial.parameters.max_tokens, model)


def settled_nano(outcome: Completion | Trouble, trial: Trial, model: Model, reserved: int) -> int:
    """Say what an attempt is booked at, once it is over.

    An answer that is an error is not billed, and neither is what was never sent. An attempt that was lost
    under way may have been: it is booked at all that was reserved for it. So is a reply without token
    counts. Where a router sends its own bill, the higher one counts.
    """
    if isinstance(outcome, Trouble):
        return 0 if outcome.free else reserved
    if outcome.usage.output is None:
        return reserved
    counted = prompt_tokens(trial) if outcome.usage.input is None else outcome.usage.input
    ours = tokens_nano(counted, outcome.usage.output, model)
    returned = outcome.cost_usd_returned
    theirs = 0 if returned is None or not math.isfinite(returned) else math.ceil(returned * NANO)
    return max(ours or 0, theirs)


def tokens_nano(tokens_in: int, tokens_out: int, model: Model) -> int | None:
    """Say what tokens cost; None where the output's price is not known."""
    if model.embedded:
        return 0
    if model.price_output is None:
        return None
    rates = _rates(model.price_output if model.price_input is None else model.price_input, model.price_output)
    return -(-(rates.input * tokens_in + rates.output * tokens_out) // rates.per)


class _Rates(NamedTuple):
    """So many billionths of a USD for `per` tokens."""

    input: int
    output: int
    per: int


@lru_cache(maxsize=256)
def _rates(price_input: float, price_output: float) -> _Rates:
    """Give exact rates, in whole numbers: a price is the decimal number that it is written as."""
    into, out = (Fraction(str(price)) * _PER_TOKEN for price in (price_input, price_output))
    per = math.lcm(into.denominator, out.denominator)
    return _Rates(int(into * per), int(out * per), per)
