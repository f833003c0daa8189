"""Server-sent events: whole events out of bytes in any pieces, each byte looked at once.

The format is the one of the HTML standard ("Server-sent events", parsing an event stream): lines
that end in CR, LF or both, fields, comments, and an empty line after each event.
"""

from __future__ import annotations

from typing import NamedTuple

from pytest_llmbench.completions.wire import BodyTooLarge

MAX_EVENT = 16 * 1024 * 1024
"""Bytes of one event at most; a piece of an answer has a few hundred."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Event(NamedTuple):
    """One event; `name` is empty where the server gives none."""

    name: bytes
    data: bytes


class LineReader:
    """Cuts bytes into lines, whichever way they end.

    Args:
        limit: Bytes of a line at most.
    """

    def __init__(self, limit: int = MAX_EVENT) -> None:
        self._limit = limit
        self._begun = bytearray()
        self._after_cr = False
        self._first = True

    def feed(self, chunk: bytes) -> list[bytes]:
        """Take the next bytes.

        Returns:
            The lines that they end, without their ends.

        Raises:
            BodyTooLarge: A line is too long.
        """
        if not chunk:
            return []
        if self._after_cr:
            # The other half of a CRLF that was cut in two.
            chunk = chunk.removeprefix(b"\n")
        self._after_cr = chunk.endswith(b"\r")
        lines = chunk.splitlines()
        begun = b"" if chunk.endswith((b"\n", b"\r")) or not lines else lines.pop()
        if lines:
            lines[0] = self._whole(lines[0])
        self._begun += begun
        if len(self._begun) > self._limit:
            raise BodyTooLarge(self._limit)
        return lines

    def finish(self) -> list[bytes]:
        """Give the last line, where it has no end."""
        return [self._whole(b"")] if self._begun else []

    def _whole(self, rest: bytes) -> bytes:
        line = bytes(self._begun) + rest if self._begun else rest
        self._begun.clear()
        if self._first:
            self._first = False
            return line.removeprefix(_BYTE_ORDER_MARK)
        return line


class EventReader:
    """Puts lines together to events.

    Args:
        limit: Bytes of an event's data at most.
    """

    def __init__(self, limit: int = MAX_EVENT) -> None:
        self._limit = limit
        self._lines = LineReader(limit)
        self._name = b""
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, chunk: bytes) -> list[Event]:
        """Take the next bytes.

        Returns:
            The events that they end, without those that have no data.

        Raises:
            BodyTooLarge: An event is too large.
        """
        return self._events(self._lines.feed(chunk))

    def finish(self) -> list[Event]:
        """Give the event that the end of the stream ends: many servers leave the empty line out."""
        return self._events([*self._lines.finish(), b""])

    def _events(self, lines: list[bytes]) -> list[Event]:
        events: list[Event] = []
        for line in lines:
            if line:
                self._field(line)
                continue
            if self._data:
                events.append(Event(self._name, b"\n".join(self._data)))
                self._data.clear()
                self._size = 0
            self._name = b""
        return events

    def _field(self, line: bytes) -> None:
        """Take a line that is not empty; a comment is a field without a name, and none of ours."""
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" "))
            self._size += len(value) + 1
            if self._size > self._limit:
                raise BodyTooLarge(self._limit)
        elif name == b"event":
            self._name = value.removeprefix(b" ")
