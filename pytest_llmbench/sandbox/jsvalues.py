"""What JavaScript has and Python has not, so that a task's author can tell `undefined` from `null`.

A Python dict stands for a plain object, `datetime` for a `Date`; the rest is here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class Undefined:
    """JavaScript's `undefined`; its one instance is `UNDEFINED`."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def __eq__(self, other: object) -> bool:
        return type(other) is Undefined

    def __hash__(self) -> int:
        return hash(Undefined)

    def __repr__(self) -> str:
        return "UNDEFINED"


UNDEFINED = Undefined()


class JsMap:
    """A `Map`: pairs in their order. Two are equal when their pairs are, the order included.

    Args:
        pairs: Keys and values; keys may be of any type, also such that cannot be hashed.
    """

    __slots__ = ("pairs",)

    def __init__(self, pairs: Iterable[tuple[object, object]] = ()) -> None:
        self.pairs = tuple((key, value) for key, value in pairs)

    def __eq__(self, other: object) -> bool:
        return self.pairs == other.pairs if isinstance(other, JsMap) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # it may hold lists

    def __iter__(self) -> Iterator[tuple[object, object]]:
        return iter(self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def __repr__(self) -> str:
        return f"JsMap({list(self.pairs)!r})"


class BigInt:
    """A `BigInt`; it equals another one, and no number, as `1n !== 1`.

    Args:
        value: The whole number.
    """

    __slots__ = ("value",)

    def __init__(self, value: int) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return self.value == other.value if isinstance(other, BigInt) else NotImplemented

    def __hash__(self) -> int:
        return hash((BigInt, self.value))

    def __repr__(self) -> str:
        return f"BigInt({self.value})"


class JsError:
    """An error as a value, given back and not thrown.

    Args:
        name: Its `name`, for example ``"TypeError"``.
        message: Its `message`.
    """

    __slots__ = ("message", "name")

    def __init__(self, name: str, message: str) -> None:
        self.name = name
        self.message = message

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, JsError):
            return NotImplemented
        return (self.name, self.message) == (other.name, other.message)

    def __hash__(self) -> int:
        return hash((self.name, self.message))

    def __repr__(self) -> str:
        return f"JsError({self.name!r}, {self.message!r})"
