"""What a suite sets otherwise: the most that a rule may cost in one answer, and what one finding costs.

A rule is named as the report names it; a group of rules has a cap, and no cost of its own. The numbers
hold in each language that has the rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pydantic import Field

from pytest_llmbench.scoring.analyzers.tally import Weight
from pytest_llmbench.values import Value


class OwnCosts(Value):
    """Points by the names of rules. A cost that is above a cap which is not set raises that cap."""

    caps: Mapping[str, float] = Field(default={}, description="the most that each costs in one answer")
    costs: Mapping[str, float] = Field(default={}, description="what one finding of each costs")

    def on(self, rule: str, weight: Weight) -> Weight:
        """Give a rule's weight as the suite has it."""
        points = self.costs.get(rule, weight.points)
        cap = self.caps.get(rule, max(weight.cap, points))
        return weight.model_copy(update={"points": points, "cap": cap})

    def on_all(self, rules: Mapping[str, Weight]) -> dict[str, Weight]:
        """Give a table of weights as the suite has it."""
        return {rule: self.on(rule, weight) for rule, weight in rules.items()}

    def on_single(self, of: Callable[[str], Weight | None]) -> dict[str, Weight]:
        """Give the weights of the named rules, those too that a tool has and no table names by themselves.

        Args:
            of: Gives the weight that a rule has without the suite's word.
        """
        known = {rule: of(rule) for rule in (*self.caps, *self.costs)}
        return {rule: self.on(rule, weight) for rule, weight in known.items() if weight is not None}

    def on_groups(self, caps: Mapping[str, float]) -> dict[str, float]:
        """Give the caps of groups as the suite has them."""
        return {group: self.caps.get(group, cap) for group, cap in caps.items()}


NO_OWN_COSTS = OwnCosts()
