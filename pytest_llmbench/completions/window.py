"""How many requests a provider gets at once: all that is allowed at first, fewer where it cannot keep up."""

from __future__ import annotations

_SMALLEST = 1.0


class Window:
    """Additive increase, multiplicative decrease.

    A whole round of answers adds one place. A sign of too much halves the places; where the provider
    has said so itself (429), a single request goes first, and each answer adds a place until half of
    what there was is reached. The requests that were on their way by then tell of the same jam: what
    they meet changes nothing again.

    Args:
        ceiling: Places at most, and at first.
    """

    def __init__(self, ceiling: int) -> None:
        self._ceiling = float(ceiling)
        self._size = self._ceiling
        self._half = 0.0
        self._sent = 0
        self._jam_ends = 0
        self.jams = 0

    @property
    def size(self) -> int:
        """Places now. `jams` counts the signs of too much since the last answer, one per round."""
        return int(self._size)

    def send(self) -> int:
        """Give a request its number."""
        self._sent += 1
        return self._sent

    def answered(self) -> None:
        """Take note of an answer."""
        self.jams = 0
        more = 1.0 if self._size < self._half else 1 / self._size
        self._size = min(self._ceiling, self._size + more)

    def jammed(self, number: int, *, refused: bool = False) -> None:
        """Take note that a request met a sign of too much.

        Args:
            number: The request's.
            refused: Whether the provider itself has said so.
        """
        if number <= self._jam_ends:
            return
        self._jam_ends = self._sent
        self.jams += 1
        self._half = max(_SMALLEST, self._size / 2)
        self._size = _SMALLEST if refused else self._half
