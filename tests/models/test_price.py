"""What a call has cost; what is not known stays unknown."""

from __future__ import annotations

import pytest

from pytest_llmbench.completions.completion import Usage
from pytest_llmbench.models.model import Model
from pytest_llmbench.models.price import cost_usd


@pytest.mark.parametrize(
    ("prices", "usage", "cost"),
    [
        ({"price_output": 2.5}, Usage(input=1000, output=4000), 0.01),
        ({"price_output": 2.5}, Usage(output=4000, reasoning=3000), 0.01),
        ({"price_output": 2.5, "price_input": 0.5}, Usage(input=1000, output=4000), 0.0105),
        ({"price_output": 0.0, "price_input": 0.5}, Usage(input=1000, output=4000), 0.0005),
        ({"price_output": 2.5}, Usage(input=1000, output=0), 0.0),
        ({"price_output": 2.5}, Usage(input=1000), None),
        ({"price_output": 2.5, "price_input": 0.5}, Usage(output=4000), None),
        ({"price_input": 0.5}, Usage(input=1000, output=4000), None),
        ({}, Usage(input=1000, output=4000), None),
    ],
)
def test_cost(prices, usage, cost):
    found = cost_usd(usage, Model(id="m", provider="p", **prices))
    assert found == (None if cost is None else pytest.approx(cost))
