"""Python's types on the wire, one by one: the text of a value, and the value of a tagged payload.

`codec` says how they are written, and puts them together. Loaded inside the sandbox too.
"""

from __future__ import annotations

try:
    from _json import encode_basestring_ascii
except ImportError:  # pragma: no cover - not CPython
    from json.encoder import encode_basestring_ascii

_MAX_PLAIN_INT = 2**53 - 1
_MAX_NAME = 200
_MANY_KEYS, _MAX_SAME_HASH = 256, 64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    Scalars = dict[type, Callable[[Any], str]]
    Containers = dict[type, tuple[str, str, Callable[[Any], Iterator[object]]]]
    Tags = dict[str, Callable[[Any], object]]


class ProtocolError(ValueError):
    """The other side sent what is not a message."""


def tagged(tag: str, payload: str) -> str:
    """A tagged value whose payload is text."""
    return f'{{"$":"{tag}","v":{encode_basestring_ascii(payload)}}}'


def container(tag: str, iterate: Callable[[Any], Iterator[object]] = iter) -> tuple[str, str, Any]:
    """How a container is written: what opens it, what closes it, and how to go through it."""
    return f'{{"$":"{tag}","v":[', "]}", iterate


def opaque_text(value: object, _reason: str) -> str:
    """Write a value that cannot cross as its type's name."""
    name = type.__dict__["__name__"].__get__(type(value))
    return tagged("opaque", name[:_MAX_NAME])


_SPECIAL_FLOATS = {text: float(text) for text in ("nan", "inf", "-inf", "-0.0")}


def _int_text(value: int) -> str:
    if -_MAX_PLAIN_INT <= value <= _MAX_PLAIN_INT:
        return repr(value)
    return tagged("int", hex(value))


def _float_text(value: float) -> str:
    text = repr(value)
    return tagged("float", text) if text in _SPECIAL_FLOATS else text


def _bytes_text(value: bytes) -> str:
    from binascii import b2a_base64

    return tagged("bytes", b2a_base64(value, newline=False).decode("ascii"))


def pairs_of(value: dict[object, object]) -> Iterator[object]:
    """A mapping as the lists of two that the wire has."""
    return map(list, value.items())


def int_from(payload: object) -> int:
    """A whole number from its hexadecimal text."""
    if type(payload) is not str:
        raise ProtocolError("an int is not text")
    return int(payload, 16)


def _float_from(payload: object) -> float:
    if type(payload) is not str or payload not in _SPECIAL_FLOATS:
        raise ProtocolError("not a special float")
    return _SPECIAL_FLOATS[payload]


def list_from(payload: object) -> list[object]:
    """The payload of a container."""
    if type(payload) is not list:
        raise ProtocolError("a container is not an array")
    return payload


def pairs_from(payload: object) -> list[Any]:
    """The payload of a mapping: lists of two."""
    pairs = list_from(payload)
    for pair in pairs:
        if type(pair) is not list or len(pair) != 2:  # noqa: PLR2004 - a pair is two
            raise ProtocolError("a mapping is not an array of pairs")
    return pairs


def _bytes_from(payload: object) -> bytes:
    if type(payload) is not str:
        raise ProtocolError("bytes are not text")
    from binascii import a2b_base64

    return a2b_base64(payload, strict_mode=True)


def checked_keys(keys: list[object]) -> list[object]:
    """Refuse keys that were chosen to collide: a table of them takes time by the square of its size."""
    if len(keys) > _MANY_KEYS and any(type(key) is not str for key in keys):
        counts: dict[int, int] = {}
        for key in keys:
            code = hash(key)
            counts[code] = counts.get(code, 0) + 1
            if counts[code] > _MAX_SAME_HASH:
                raise ProtocolError("too many keys of the same hash")
    return keys


def _dict_from(payload: object) -> dict[object, object]:
    pairs = pairs_from(payload)
    checked_keys([key for key, _ in pairs])
    return dict(pairs)


SCALARS: Scalars = {
    type(None): lambda _: "null",
    bool: lambda value: "true" if value else "false",
    int: _int_text,
    float: _float_text,
    str: encode_basestring_ascii,
    bytes: _bytes_text,
}
CONTAINERS: Containers = {
    list: ("[", "]", iter),
    tuple: container("tuple"),
    set: container("set"),
    frozenset: container("frozenset"),
    dict: container("dict", pairs_of),
}
TAGS: Tags = {
    "int": int_from,
    "float": _float_from,
    "dict": _dict_from,
    "tuple": lambda payload: tuple(list_from(payload)),
    "set": lambda payload: set(checked_keys(list_from(payload))),
    "frozenset": lambda payload: frozenset(checked_keys(list_from(payload))),
    "bytes": _bytes_from,
}
