"""Which of a reply's blocks is the answer.

1. Blocks that define every name that the task needs: complete ones before one that is cut off, those
   tagged with the task's language before untagged before otherwise tagged, then indented and bare
   code; of equals the last.
2. Where no single block does, blocks of one such kind that do so together.
3. Where those do not either, the best of what there is: most names, then tagged, then the last.

Where a task needs no names, the last block of the best kind is the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import NamedTuple

from pytest_llmbench.answers.answer import Found
from pytest_llmbench.answers.closure import Closures, Group
from pytest_llmbench.answers.option import Option
from pytest_llmbench.tasks.language import Language

FENCES: tuple[Found, ...] = ("tagged_fence", "untagged_fence", "other_fence")
UNFENCED: tuple[Found, ...] = ("indented", "bare")

_LAST_RESORTS: tuple[Found, ...] = ("tagged_fence", "untagged_fence", "bare")

MAX_PATCHES = 5
"""How many blocks before a patch are looked at for the one that it belongs to."""

MAX_LAST_RESORTS = 200
"""How many blocks, from the last, are looked at where none has a name that the task needs."""


class Choice(NamedTuple):
    """The options, by index, that make the answer, and what was unusual about the choice."""

    indices: tuple[int, ...]
    found: Found
    notes: tuple[str, ...] = ()


class Chooser:
    """Chooses among the options of one reply.

    Args:
        options: The options, in the reply's order.
        language: The task's language.
        names: What an answer has to define; `Type.method` asks for `Type`.
    """

    def __init__(self, options: Sequence[Option], language: Language, names: Iterable[str]) -> None:
        self._options = options
        self._names = tuple(dict.fromkeys(name.partition(".")[0] for name in names))
        self._closures = Closures(options, self._names, language)

    def whole(self, tiers: Sequence[Found]) -> Choice | None:
        """Choose code of these kinds that has all names; None where there is none."""
        complete = [option for option in self._options if not option.cut_off]
        for options in (complete, self._options):
            for tier in tiers:
                choice = self._single(options, tier) or self._spread(options, tier)
                if choice is not None:
                    return choice
            if len(complete) == len(self._options):
                break
        return None

    def best(self) -> Choice | None:
        """Choose what comes nearest; None where nothing is code of the language."""
        named = [(len(option.defined(self._names)), option) for option in self._options]
        ranked = [(count, o.tier == "tagged_fence", o.index) for count, o in named if count]
        option = self._options[max(ranked)[-1]] if ranked else self._last_resort()
        if option is None:
            return None
        missing = [f"`{name}`" for name in self._names if name not in option.survey.defines]
        note = f"no code defines {', '.join(missing)}" if missing else ""
        return self._choice(self._closures.around([option]), option.tier, note)

    def _single(self, options: Sequence[Option], tier: Found) -> Choice | None:
        """The last one that defines everything, unless it is a patch of one before it."""
        able = filter(self._is_able, _preferred(options, tier, by_length=not self._names))
        groups = [self._closures.around([option]) for option in islice(able, 1)]
        if not groups:
            return None
        if groups[0].clashes:
            groups += [self._closures.around([option]) for option in islice(able, MAX_PATCHES)]
        whole = next((group for group in groups if not group.clashes), groups[0])
        note = "" if whole is groups[0] else "a later block that repeats a part of it was left out"
        return self._choice(whole, tier, note)

    def _is_able(self, option: Option) -> bool:
        if self._names:
            return len(option.defined(self._names)) == len(self._names)
        if option.tier in UNFENCED:
            return bool(option.survey.defines)
        return not option.survey.blank and (option.tier != "other_fence" or option.related)

    def _spread(self, options: Sequence[Option], tier: Found) -> Choice | None:
        """Blocks that define all names together: of each name the last one that defines it."""
        if not self._names or tier == "other_fence":
            return None
        kinds = {tier, "tagged_fence"} if tier in FENCES else {tier}
        last = {
            name: option for option in options if option.tier in kinds for name in option.defined(self._names)
        }
        if len(last) < len(self._names):
            return None
        return self._choice(self._closures.around(list(last.values())), tier)

    def _last_resort(self) -> Option | None:
        """Code without a name that is needed: a model may have called its function something else."""
        possible = [option for option in self._options if option.tier in _LAST_RESORTS]
        ranked = [
            (bool(option.survey.defines), -_LAST_RESORTS.index(option.tier), option.index)
            for option in possible[-MAX_LAST_RESORTS:]
            if option.survey.defines or (option.tier == "tagged_fence" and not option.survey.blank)
        ]
        return self._options[max(ranked)[-1]] if ranked else None

    def _choice(self, group: Group, tier: Found, note: str = "") -> Choice:
        indices = tuple(option.index for option in group.options)
        cut = [option for option in self._options if option.cut_off]
        notes = [note] if note else []
        if len(indices) > 1:
            notes.append(f"joined {len(indices)} blocks")
        if any(option in cut for option in group.options):
            notes.append("cut off")
        elif cut and self._is_able(cut[-1]):
            notes.append("the last block is cut off; the complete one before it was taken")
        return Choice(indices=indices, found=tier, notes=tuple(notes))


def _preferred(options: Sequence[Option], tier: Found, *, by_length: bool) -> list[Option]:
    """The options of a kind, the last first; unfenced code without a name to know it by, the longest."""
    found = [option for option in reversed(options) if option.tier == tier]
    if by_length and tier == "bare":
        found.sort(key=lambda option: len(option.piece.block.code), reverse=True)
    return found
