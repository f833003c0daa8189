"""Which remark names which fault: a maximum-weight matching, where a remark may claim two faults.

A fault weighs the same whoever finds it, so the heaviest set of faults that can all be claimed at once
is found by taking faults in the order of their weight and making room by augmenting paths (the sets
that can be claimed form a transversal matroid, for which this greedy choice is the best one).
"""

from __future__ import annotations

from collections.abc import Sequence

from pytest_llmbench.scoring.review.key import Fault, plain
from pytest_llmbench.scoring.review.remarks import Remark

CLAIMS = 2
"""Faults that one remark may claim."""

MAX_NAMED = 10
"""Faults that a remark's words may fit, whatever line it names; one with more keywords names none.

Honest remarks fit up to six of the built-in task's 24, remarks made of keywords all of them.
"""


class Reading:
    """A remark's words, looked up once: which faults they fit, and whether the title does already.

    Args:
        remark: The remark.
        faults: All faults.
    """

    def __init__(self, remark: Remark, faults: Sequence[Fault]) -> None:
        self.remark = remark
        title, whole = plain(remark.title), plain(f"{remark.title} {remark.why} {remark.fix}")
        named = {fault.id for fault in faults if fault.named_in(whole)}
        self.overloaded = len(named) > MAX_NAMED
        self.named: frozenset[str] = frozenset() if self.overloaded else frozenset(named)
        self.in_title = frozenset(f.id for f in faults if f.id in self.named and f.named_in(title))
        self.text = whole

    def fit(self, fault: Fault, shift: int = 0, length: int = 0) -> tuple[int, bool] | None:
        """How well the remark fits a fault, lower is better; None where it does not.

        Args:
            fault: The fault.
            shift: Lines to move the remark by, round and round a listing of `length` lines.
            length: The listing's lines.
        """
        first, last = self.remark.first, self.remark.last
        if fault.id not in self.named or first is None or last is None:
            return None
        if shift:
            moved = (first - 1 + shift) % length + 1
            first, last = moved, moved + last - first
        distance = fault.distance(first, last)
        return None if distance is None else (distance, fault.id not in self.in_title)


def match(
    readings: Sequence[Reading], faults: Sequence[Fault], shift: int = 0, length: int = 0
) -> list[tuple[int, Fault]]:
    """Find the heaviest set of faults that the remarks can claim.

    Args:
        readings: The remarks.
        faults: The faults.
        shift: Lines to move all remarks by (see `Reading.fit`).
        length: The listing's lines, where `shift` is not 0.

    Returns:
        Claims: the index of a remark, and a fault that it claims.
    """
    candidates = {fault.id: _candidates(readings, fault, shift, length) for fault in faults}
    claims: dict[int, list[Fault]] = {index: [] for index in range(len(readings))}
    for fault in sorted(faults, key=lambda f: -f.weight):
        _place(fault, candidates, claims, set())
    return [(index, fault) for index, claimed in claims.items() for fault in claimed]


def _candidates(readings: Sequence[Reading], fault: Fault, shift: int, length: int) -> list[int]:
    """The remarks that fit a fault, the best first."""
    fits = [(reading.fit(fault, shift, length), index) for index, reading in enumerate(readings)]
    return [index for _, index in sorted((fit, index) for fit, index in fits if fit is not None)]


def _place(
    fault: Fault, candidates: dict[str, list[int]], claims: dict[int, list[Fault]], tried: set[int]
) -> bool:
    """Give a fault to a remark, where need be by giving another fault to another remark."""
    fresh = [index for index in candidates[fault.id] if index not in tried]
    for index in fresh:
        if len(claims[index]) < CLAIMS:
            claims[index].append(fault)
            return True
    for index in fresh:
        if index in tried:
            continue
        tried.add(index)
        for position, other in enumerate(claims[index]):
            if _place(other, candidates, claims, tried):
                claims[index][position] = fault
                return True
    return False
