"""Values as text: what crosses the pipe between the judge and the candidate's process.

The text is JSON with type tags, so that what a call gave back is data and nothing else: comparing it
runs no code of the candidate. This module is loaded inside the sandbox too, where each import costs
start-up time: it needs nothing but built-in modules, and knows Python's types only.

A value is written as

    null true false "text" [..] 1 1.0      as JSON has them; a float that is integral keeps its ".0"
    {"$": "int", "v": "-0x1f"}             |n| > 2**53 - 1, in hexadecimal (which has no limit of digits)
    {"$": "float", "v": "nan"}             also "inf", "-inf", "-0.0"
    {"$": "dict", "v": [[k, v], ..]}       always pairs: keys of any type, in their order
    {"$": "tuple", "v": [..]}              also "set", "frozenset"
    {"$": "bytes", "v": "aGk="}            base64
    {"$": "opaque", "v": "Point"}          any other type, subclasses too; a cycle; what is too deep

and `wire.py` adds what only JavaScript has. A frame is the text's length in four bytes (big-endian),
then the text in UTF-8. A message is an array:

    ["load", id, version, code, harness | null]        to the host
    ["call", id, name, [argument, ..]]
    ["ok", id, value, [argument afterwards, ..], index of the argument it gave back | null]
    ["raised", id, type name, message]                 from the host

where `id` is a string that the reply repeats. A load that works is answered by ["ok", id, null, [], null].
"""

from __future__ import annotations

from binascii import a2b_base64, b2a_base64

try:
    from _json import encode_basestring_ascii, make_scanner
except ImportError:  # pragma: no cover - not CPython
    from json.encoder import encode_basestring_ascii
    from json.scanner import make_scanner

VERSION = 1
MAX_INCOMING = 16 * 1024 * 1024  # bytes of a frame; twenty times that is what it may become in memory
MAX_DEPTH = 2000  # levels of a value
_MAX_BRACKETS = 3 * MAX_DEPTH + 16  # levels of its text: a dict takes three
_MAX_PLAIN_INT = 2**53 - 1
_MAX_NAME = 200
_MANY_KEYS, _MAX_SAME_HASH = 256, 64

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
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


class Codec:
    """Writes and reads values.

    Args:
        scalars: For an exact type: the text of one of its values.
        containers: For an exact type: opening text, closing text, and what goes through the elements.
        tags: For a tag: what makes a value of its (already read) payload.
        opaque: Gives the text for a value that cannot cross (value, why), or raises.
    """

    # What the scanner of `_json` asks its context for.
    strict = True
    object_pairs_hook = None
    array_hook = None
    parse_float = float
    parse_int = int

    def __init__(
        self, scalars: Scalars, containers: Containers, tags: Tags, opaque: Callable[[object, str], str]
    ) -> None:
        self._scalars = scalars
        self._containers = containers
        self._tags = tags
        self._opaque = opaque
        self.memo: dict[str, str] = {}
        # The stub has the scanner itself where the scanner takes anything with these attributes.
        self._scan: Callable[[str, int], tuple[object, int]] = make_scanner(self)  # type: ignore[arg-type]

    def encode(self, value: object, max_size: int = MAX_INCOMING) -> str:
        """A value's text. No recursion: a deep value costs the stack nothing.

        Raises:
            OverflowError: The text would be longer than `max_size`.
        """
        parts: list[str] = []
        size = 0
        for part in self._parts(value):
            size += len(part)
            if size > max_size:
                raise OverflowError(f"the value takes more than {max_size} bytes")
            parts.append(part)
        return "".join(parts)

    def _parts(self, value: object) -> Iterable[str]:
        scalars, containers = self._scalars, self._containers
        open_ids: set[int] = set()
        stack: list[tuple[Iterator[object], str, int]] = []
        current: Iterator[object] = iter((value,))
        closing, identity, separator = "", 0, ""
        while True:
            for item in current:
                if separator:
                    yield separator
                kind = type(item)
                write = scalars.get(kind)
                if write is not None:
                    yield write(item)
                elif kind not in containers:
                    yield self._opaque(item, "its type cannot cross")
                elif id(item) in open_ids:
                    yield self._opaque(item, "it contains itself")
                elif len(stack) >= MAX_DEPTH:
                    yield self._opaque(item, "it is nested too deep")
                else:
                    stack.append((current, closing, identity))
                    opening, closing, iterate = containers[kind]
                    yield opening
                    identity, current, separator = id(item), iterate(item), ""
                    open_ids.add(identity)
                    break
                separator = ","
            else:
                if not stack:
                    return
                yield closing
                open_ids.discard(identity)
                current, closing, identity = stack.pop()
                separator = ","

    def decode(self, text: str) -> object:
        """The value that a text stands for.

        Raises:
            ProtocolError: The text stands for no value.
        """
        try:
            try:
                value, end = self._scan(text, 0)
            except RecursionError:
                value, end = self._scan_deep(text)
        except ProtocolError:
            raise
        except (ValueError, TypeError, StopIteration, RecursionError, OverflowError) as error:
            # TypeError: a key that cannot be hashed.
            raise ProtocolError(f"not a value ({type(error).__name__})") from None
        if end != len(text):
            raise ProtocolError("there is something behind the value")
        return value

    def object_hook(self, found: dict[str, object]) -> object:
        """Make the value of a tagged object, whose payload is made already."""
        tag = found.get("$")
        if len(found) != 2 or "v" not in found or type(tag) is not str or tag not in self._tags:  # noqa: PLR2004
            raise ProtocolError("an object without a known tag")
        return self._tags[tag](found["v"])

    def parse_constant(self, text: str) -> object:
        """Refuse NaN and Infinity as bare words: they are no JSON."""
        raise ProtocolError(f"{text} is no JSON")

    def _scan_deep(self, text: str) -> tuple[object, int]:
        """Read what is too deep for the scanner, which recurses: brackets here, the rest by it."""
        root: list[object] = []
        stack: list[list[object]] = [root]
        closers = ""
        position = 0
        while True:
            char = text[position : position + 1]
            if char in "[{" and char:
                stack.append([])
                closers += "]" if char == "[" else "}"
                if len(closers) > _MAX_BRACKETS:
                    raise ProtocolError("a value is nested too deep")
                position += 1
                if text[position : position + 1] != closers[-1]:
                    continue
            else:
                item, position = self._scan(text, position)
                stack[-1].append(item)
            while closers and text[position : position + 1] == closers[-1]:
                closed = stack.pop()
                stack[-1].append(closed if closers[-1] == "]" else self._object_of(closed))
                closers = closers[:-1]
                position += 1
            if not closers:
                return root[0], position
            if text[position : position + 1] not in (",", ":"):
                raise ProtocolError("neither a comma nor the end of a container")
            position += 1

    def _object_of(self, items: list[object]) -> object:
        found: dict[Any, object] = dict(zip(items[::2], items[1::2], strict=True))
        return self.object_hook(found)


def inside_codec() -> Codec:
    """The codec of a Python host: what cannot cross is opaque."""
    return Codec(SCALARS, CONTAINERS, TAGS, opaque_text)
