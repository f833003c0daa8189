"""How the axes hang together, and what each counts for in the total. This is the one place to change it.

The costs of single findings are in `analyzers/weights.py` (Python), `analyzers/ecmascript_weights.py`
(JavaScript and TypeScript) and `analyzers/go_weights.py`.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from pytest_llmbench.scoring.scorecard import AXES, Axis
from pytest_llmbench.values import Value

EQUAL_WEIGHTS: Mapping[Axis, float] = dict.fromkeys(AXES, 1.0)


class AxisWeights(Value):
    """What a suite may set.

    `manners`: a reader of wrong code learns from its names and its docstrings what is not so. Of what an
    answer lost on correctness, quality and documentation lose at least this share. Reviewers of our
    labelled answers take about 0.8 and 0.7 off; this is less, as some faults are no fault of the writing.

    `told`: a caller meets an edge through what he was told of it. Where nothing at all is told, edge
    cases lose this share of what they have; where a part is told, in proportion. The labels follow this
    closely: by least squares they take 0.31 off for each point lost on documentation, between 0.27 and
    0.33 whichever of the five tasks is left out, beside 0.84 for each point lost on correctness. As our
    checks of correctness give 10 where a reviewer gives 8 to 10, the share here is larger. Where
    documentation has no weight, edge cases lose nothing by it.

    `padded`: what does nothing has to be read, and to be struck out before one merges: dead code, classes
    without need, comments that say the code again, praise. Four axes dilute that: at its worst it makes
    three points of forty less. So the total counts at most 10 less this for each point that it cost,
    though never less than `padded_least` on that account, just below where reviewers merge: what it does
    is right, and the padding can go. In the labelled answers those that are padded lose 2.8 points and
    more for it, and no answer that a reviewer would merge loses any. A helper left over costs next to
    nothing, as a mean is lower than 8.5 most often. Where quality has no weight, nothing is lost.
    """

    of_total: Mapping[Axis, float] = Field(default=EQUAL_WEIGHTS, description="weights of the mean")
    manners: float = Field(default=0.6, ge=0, le=1)
    told: float = Field(default=0.45, ge=0, le=1)
    padded: float = Field(default=1.5, ge=0)
    padded_least: float = Field(default=6.45, ge=1, le=10)

    def by_name(self) -> dict[str, float]:
        """Give the weights of the mean by the names of the axes, as files hold them."""
        return {str(axis): weight for axis, weight in self.of_total.items()}


DEFAULT_AXIS_WEIGHTS = AxisWeights()
