"""What belongs together: a chosen block, and the blocks that hold what it uses and does not have.

The nearest block before it that defines or imports a missing name is taken, else the nearest one
behind that defines it. A usage example, which refers to the names that the task needs without
defining them, never belongs to the answer.

Where a block that is needed defines a name that is there already, the two are an earlier version and
a patch of it. Python takes the later definition, so the two make one module; for the other
languages they clash.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from pytest_llmbench.answers.answer import Found
from pytest_llmbench.answers.option import Option
from pytest_llmbench.tasks.language import Language


class Group(NamedTuple):
    """Options that make one module, in the reply's order; `clashes` where a needed one could not join."""

    options: tuple[Option, ...]
    clashes: bool = False


class Closures:
    """Finds groups among the options of one reply; names are looked up in one index over all of them.

    Args:
        options: The options of the reply, in order. One that is cut off is never added to another.
        names: The names that the task needs.
        language: The task's language.
    """

    def __init__(self, options: Sequence[Option], names: Sequence[str], language: Language) -> None:
        self._options = options
        self._names = names
        self._language = language

    def around(self, seeds: Sequence[Option]) -> Group:
        """Add to the seeds what they need from options of their own kind, or from tagged ones."""
        growing = _Growing(seeds, {"tagged_fence", *(seed.tier for seed in seeds)})
        pending = list(seeds)
        asked: set[str] = set()
        while pending:
            user = pending.pop()
            missing = user.survey.uses - growing.have - asked
            asked |= missing
            for name in sorted(missing):
                provider = self._provider(name, user.index, growing)
                if provider is not None and name not in growing.have:
                    pending += self._joined(provider, growing)
        return Group(tuple(growing.options[index] for index in sorted(growing.options)), growing.clashes)

    def _provider(self, name: str, before: int, growing: _Growing) -> Option | None:
        holders = self._index.get(name, [])
        at = bisect_left(holders, before, key=lambda option: option.index)
        for option in reversed(holders[:at]):
            if growing.admits(option):
                return option
        later = (option for option in holders[at:] if name in option.survey.defines)
        return next((option for option in later if growing.admits(option)), None)

    def _joined(self, provider: Option, growing: _Growing) -> list[Option]:
        if self._language != "python" and provider.survey.defines & growing.defined:
            growing.clashes = True
            return []
        growing.add(provider)
        return [provider]

    @cached_property
    def _index(self) -> dict[str, list[Option]]:
        """Who defines or imports a name, in order."""
        index: dict[str, list[Option]] = {}
        for option in self._options:
            if not option.cut_off and option.tier != "other_fence" and not self._is_usage(option):
                for name in option.survey.defines | option.survey.imports:
                    index.setdefault(name, []).append(option)
        return index

    def _is_usage(self, option: Option) -> bool:
        survey = option.survey
        return any(
            name in survey.uses | survey.imports and name not in survey.defines for name in self._names
        )


class _Growing:
    """A group while it grows."""

    def __init__(self, seeds: Iterable[Option], tiers: set[Found]) -> None:
        self.options: dict[int, Option] = {}
        self.have: set[str] = set()
        self.defined: set[str] = set()
        self.clashes = False
        self._tiers = tiers
        for seed in seeds:
            self.add(seed)

    def add(self, option: Option) -> None:
        self.options[option.index] = option
        self.defined |= option.survey.defines
        self.have |= option.survey.defines | option.survey.imports

    def admits(self, option: Option) -> bool:
        return option.index not in self.options and option.tier in self._tiers
