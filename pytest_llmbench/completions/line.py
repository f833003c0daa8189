"""The line in which calls wait for a provider: models take turns, each in the order of its calls."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """A call in line.

    `tokens` is what it may use up, at most. `pointless` says whether it need not be made any more.
    `turn` becomes True when it is its turn, and False where that has become pointless.
    """

    model: str
    tokens: int
    pointless: Callable[[], bool]
    turn: asyncio.Future[bool]


class Line:
    """Calls in line. Those that have had a turn before go before the others of their model."""

    def __init__(self) -> None:
        # A dictionary keeps the order of its keys: the model whose turn it is stands first.
        self._by_model: dict[str, tuple[deque[Waiting], deque[Waiting]]] = {}

    def join(self, waiting: Waiting, *, again: bool = False) -> None:
        """Get in line.

        Args:
            waiting: The call.
            again: Whether it has had a turn before.
        """
        before, new = self._by_model.setdefault(waiting.model, (deque(), deque()))
        (before if again else new).append(waiting)

    def peek(self) -> Waiting | None:
        """Give the call whose turn it is; the ones that have gone away are passed over."""
        while self._by_model:
            model, lines = next(iter(self._by_model.items()))
            for line in lines:
                while line and line[0].turn.done():
                    line.popleft()
                if line:
                    return line[0]
            del self._by_model[model]
        return None

    def pop(self) -> None:
        """Take the call whose turn it is out of the line; then it is another model's turn."""
        waiting = self.peek()
        if waiting is not None:
            lines = self._by_model.pop(waiting.model)
            next(line for line in lines if line).popleft()
            self._by_model[waiting.model] = lines

    def __iter__(self) -> Iterator[Waiting]:
        return (waiting for lines in self._by_model.values() for line in lines for waiting in line)
