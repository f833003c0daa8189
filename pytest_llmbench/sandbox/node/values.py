"""What may be passed to JavaScript: nothing that would arrive there as something else.

    int, float      a number; an int that a number cannot hold exactly is an error
    dict            a plain object; its keys have to be text
    list, tuple     an array
    set, frozenset  a Set
    bytes           a Uint8Array
    datetime        a Date

and what `jsvalues` has for the rest. What comes back is read as `wire` says: a number that is whole is
an int, an array is a list (inside a Set a tuple, since it has to be hashable), a Set is a set, a plain
object is a dict, a Uint8Array, a Buffer and an ArrayBuffer are bytes.
"""

from __future__ import annotations

from collections.abc import Iterator

from pytest_llmbench.sandbox.codec import SCALARS, Codec, container, pairs_of
from pytest_llmbench.sandbox.wire import judge_codec

_SHOWN = 30


def node_codec() -> Codec:
    """The judge's codec for a Node host."""
    return judge_codec({int: _number_text}, {dict: container("dict", _properties)})


def _number_text(value: int) -> str:
    try:
        exact = int(float(value)) == value
    except OverflowError:
        exact = False
    if not exact:
        shown = hex(value)
        shown = str(value) if len(shown) < _SHOWN else f"{shown[:_SHOWN]}…"
        raise TypeError(f"{shown} cannot be a JavaScript number without rounding; pass a BigInt")
    return SCALARS[int](value)


def _properties(value: dict[object, object]) -> Iterator[object]:
    for key in value:
        if type(key) is not str:
            raise TypeError(f"the keys of a JavaScript object are text, not {key!r}; pass a JsMap")
    return pairs_of(value)
