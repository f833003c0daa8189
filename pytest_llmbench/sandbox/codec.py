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

from pytest_llmbench.sandbox.tags import (
    CONTAINERS,
    SCALARS,
    TAGS,
    ProtocolError,
    container,
    int_from,
    list_from,
    opaque_text,
    pairs_from,
    pairs_of,
    tagged,
)

try:
    from _json import make_scanner
except ImportError:  # pragma: no cover - not CPython
    from json.scanner import make_scanner

__all__ = [
    "CONTAINERS",
    "MAX_DEPTH",
    "MAX_INCOMING",
    "SCALARS",
    "TAGS",
    "VERSION",
    "Codec",
    "ProtocolError",
    "container",
    "inside_codec",
    "int_from",
    "list_from",
    "pairs_from",
    "pairs_of",
    "tagged",
]

VERSION = 1
MAX_INCOMING = 16 * 1024 * 1024  # bytes of a frame; twenty times that is what it may become in memory
MAX_DEPTH = 2000  # levels of a value
_MAX_BRACKETS = 3 * MAX_DEPTH + 16  # levels of its text: a dict takes three

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from pytest_llmbench.sandbox.tags import Containers, Scalars, Tags


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
