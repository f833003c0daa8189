"""What a review is worth: the weight of the faults it found, less what it invented.

    worth = found * trust - COST * (false alarms + unfounded remarks beyond five)
    trust = 1 while luck is at most a quarter of found, 0 from a half on, and linear between

`luck` is what the same words would have found at other lines, on average: all remarks are moved down
the listing together, by twelve lines and twelve again, round its end, and matched anew. Words that are
true of their line find little elsewhere (a sixth, in reviews that were written in earnest); a list of
keywords, or one that covers the file, finds as much anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from pytest_llmbench.scoring.review.key import SLACK, Fault, ReviewKey, Sound
from pytest_llmbench.scoring.review.matching import Reading, match
from pytest_llmbench.scoring.review.remarks import Remark
from pytest_llmbench.values import Value

COST = 2.0
"""What a remark costs that is not true: about as much as the mean fault weighs."""

FREE = 5
"""Remarks that name no planted fault and no sound code, and may be right all the same."""

MAX_COUNTED = 20
"""Remarks that a review may have; further ones find nothing."""

TRUSTED, DISTRUSTED = 0.25, 0.5
"""Shares of luck in what was found: up to the first it pays in full, from the second on nothing."""

LUCK_GRACE = 2.0
"""Weight of luck that is not held against anybody: in a list of three remarks it means nothing."""

SHIFT = 12
"""Lines between two places at which luck is measured; more than a fault's region and the slack."""


class Claim(Value):
    """A remark that found a fault."""

    remark: int
    fault: str
    weight: float


class FalseAlarm(Value):
    """A remark on sound code; `why` is what the key says in the code's defence."""

    remark: int
    sound: str
    why: str


class Verdict(Value):
    """A review, held against its key. Remarks are named by their numbers, counted from 1.

    `found` is the weight of the claimed faults, `luck` what the words would find elsewhere, `worth`
    what counts. `repeats` fit faults that other remarks have claimed; `overloaded` have too many
    keywords to name anything; `unfounded` fit nothing (the overloaded and the surplus among them).
    """

    found: float
    luck: float
    worth: float
    full: float
    claims: tuple[Claim, ...] = ()
    missed: tuple[str, ...] = ()
    false_alarms: tuple[FalseAlarm, ...] = ()
    repeats: tuple[int, ...] = ()
    overloaded: tuple[int, ...] = ()
    unfounded: tuple[int, ...] = ()

    @property
    def share(self) -> float:
        """What counts, as a share of what a full review would have: 0 to 1."""
        return min(1.0, self.worth / self.full)

    def summary(self) -> str:
        """The verdict in a line, for a failed check's message."""
        parts = [f"{self.worth:g} of {self.full:g}: faults of weight {self.found:g} found"]
        if self.luck * 1.0 > LUCK_GRACE and _trust(self.found, self.luck) < 1:
            parts.append(f"the same words would find {self.luck:.1f} at lines chosen blindly")
        parts += [
            f"false alarm {alarm.sound} (remark {alarm.remark}: {alarm.why})" for alarm in self.false_alarms
        ]
        if self.unfounded:
            parts.append(f"{len(self.unfounded)} remarks fit nothing that is known, {FREE} are free")
        if self.missed:
            parts.append("missed " + ", ".join(self.missed))
        return "; ".join(parts)


def hold_against(key: ReviewKey, remarks: Sequence[Remark], *, full: float | None = None) -> Verdict:
    """Hold a review's remarks against the key.

    Args:
        key: The planted faults and the sound code.
        remarks: The remarks, in the review's order.
        full: The weight that counts as all that can be asked; what all faults weigh where it is None.
    """
    readings = [Reading(remark, key.fault) for remark in remarks[:MAX_COUNTED]]
    claims = match(readings, key.fault)
    found = sum(fault.weight for _, fault in claims)
    luck = _luck(readings, key)
    alarms = [alarm for reading in readings for alarm in _false_alarm(reading, key)]
    fitting = {r.remark.number for r in readings if any(r.fit(fault) for fault in key.fault)}
    unfounded = _others(remarks, fitting | {alarm.remark for alarm in alarms})
    costs = COST * (len(alarms) + max(0, len(unfounded) - FREE))
    claimed = {fault.id for _, fault in claims}
    return Verdict(
        found=found,
        luck=luck,
        worth=max(0.0, found * _trust(found, luck) - costs),
        full=full or key.weight,
        claims=tuple(_claim(readings[index], fault) for index, fault in claims),
        missed=tuple(fault.id for fault in key.fault if fault.id not in claimed),
        false_alarms=tuple(alarms),
        repeats=tuple(sorted(fitting - {readings[index].remark.number for index, _ in claims})),
        overloaded=tuple(r.remark.number for r in readings if r.overloaded),
        unfounded=unfounded,
    )


def _claim(reading: Reading, fault: Fault) -> Claim:
    return Claim(remark=reading.remark.number, fault=fault.id, weight=fault.weight)


def _others(remarks: Sequence[Remark], known: set[int]) -> tuple[int, ...]:
    return tuple(remark.number for remark in remarks if remark.number not in known)


def _false_alarm(reading: Reading, key: ReviewKey) -> list[FalseAlarm]:
    """The sound code that a remark accuses, where it names no fault."""
    remark = reading.remark
    if remark.first is None or remark.last is None or any(reading.fit(fault) for fault in key.fault):
        return []
    accused = next((s for s in key.sound if _accuses(reading, s, remark.first, remark.last)), None)
    return [] if accused is None else [FalseAlarm(remark=remark.number, sound=accused.id, why=accused.why)]


def _accuses(reading: Reading, sound: Sound, first: int, last: int) -> bool:
    return sound.distance(first, last) is not None and sound.named_in(reading.text)


def _luck(readings: Sequence[Reading], key: ReviewKey) -> float:
    """What the words find when they stand elsewhere, on average over places."""
    spots = (*key.fault, *key.sound)
    length = max(end for spot in spots for _, end in (spot.lines, *spot.also)) + SLACK
    shifts = range(SHIFT, length - SHIFT + 1, SHIFT)
    found = [sum(f.weight for _, f in match(readings, key.fault, shift, length)) for shift in shifts]
    return sum(found) / len(found) if found else 0.0


def _trust(found: float, luck: float) -> float:
    if found <= 0:
        return 0.0
    share = max(0.0, luck - LUCK_GRACE) / found
    return min(1.0, max(0.0, (DISTRUSTED - share) / (DISTRUSTED - TRUSTED)))
