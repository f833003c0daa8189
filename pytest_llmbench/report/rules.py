"""The weights, caps and costs that a suite sets: scores that were made by others are not alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from pytest_llmbench.report.numbers import listed
from pytest_llmbench.scoring.axis_weights import EQUAL_WEIGHTS

_EQUAL = {str(axis): weight for axis, weight in EQUAL_WEIGHTS.items()}
_MOST_NAMED = 4


class Rules(Protocol):
    """What a suite says of how it is scored: weights of the axes, caps and costs of rules."""

    @property
    def weights(self) -> Mapping[str, float]:
        """Weights of the axes; 1 where none is given."""
        ...

    @property
    def caps(self) -> Mapping[str, float]:
        """The most that rules cost, where that is set."""
        ...

    @property
    def costs(self) -> Mapping[str, float]:
        """What findings of rules cost, where that is set."""
        ...


def other_rules(then: Rules, today: Rules) -> str:
    """Say which weights, caps and costs of the suite are others; empty where none is."""
    found = [
        *_changed("weight", {**_EQUAL, **then.weights}, {**_EQUAL, **today.weights}),
        *_changed("cap", then.caps, today.caps),
        *_changed("cost", then.costs, today.costs),
    ]
    rest = len(found) - _MOST_NAMED
    return listed([*found[:_MOST_NAMED], *([f"{rest} more"] if rest > 0 else [])])


def _changed(what: str, old: Mapping[str, float], new: Mapping[str, float]) -> Iterator[str]:
    for name in dict.fromkeys((*old, *new)):
        if old.get(name) != new.get(name):
            yield f"{what} of {name} {_shown(old.get(name))} → {_shown(new.get(name))}"


def _shown(points: float | None) -> str:
    return "as usual" if points is None else f"{points:g}"
