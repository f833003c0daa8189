"""An opinion: what a language model thinks of one answer, or why it gave none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import ConfigDict, Field

from pytest_llmbench.completions.completion import Usage
from pytest_llmbench.scoring.scorecard import Axis, AxisScores
from pytest_llmbench.values import Value, WholeText


class Opinion(Value):
    """An opinion, beside a scorecard that knows nothing of it.

    It is `given`, or `invalid` where the judge's reply holds none, or `failed` where there is no reply: then
    it is the fault of a provider, of the network or of a budget. `error` says why there is none. `call` is
    the key of what was asked; answers that are alike share it, and were paid for once. `prompt` names the
    words that the judge was asked by.
    """

    # It stands in files too, where a newer release may have added to it.
    model_config = ConfigDict(frozen=True, extra="ignore")

    judge: str
    call: str
    prompt: str
    status: Literal["given", "invalid", "failed"]
    axes: AxisScores = AxisScores()
    total: float | None = Field(default=None, description="made of the axes that the score has, as it is")
    reasons: Mapping[Axis, WholeText] = {}
    error: WholeText | None = None
    reply: WholeText = ""
    model_returned: WholeText | None = None
    usage: Usage = Usage()
    cost_usd: float | None = None
    input_priced: bool = Field(default=False, description="whether the cost of what was sent is in it")
    latency_s: float | None = None
