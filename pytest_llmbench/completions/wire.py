"""From the bytes of a body to JSON, bounded: a server may send too much, or too much in little."""

from __future__ import annotations

import json
import re
import zlib
from typing import Any

MAX_BODY = 32 * 1024 * 1024
"""Bytes of a body in one piece at most, on the wire and unpacked."""

MAX_STREAM = 4 * MAX_BODY
"""Bytes of a stream at most: around a token of a few bytes, some servers write four hundred."""

_DECODER = json.JSONDecoder(parse_constant=lambda _: None)

_COMMENTS = re.compile(rb"\A(?:\s*:[^\n]*\n)+")
"""What some servers send to keep a connection alive, before a reply that is not a stream either."""


class NotJson(Exception):
    """The body is not JSON; the text says why."""


class BodyTooLarge(Exception):
    """The body is larger than any answer.

    Args:
        limit: What it may have, in bytes.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit // 2**20} MiB")


class BadEncoding(Exception):
    """The body cannot be unpacked; the text says why."""


def parse_json(body: bytes) -> Any:
    """Parse a body leniently: white space or comments before it, a byte order mark, NaN (as None).

    Raises:
        NotJson: It is not JSON, or not UTF-8.
    """
    return decode_json(_COMMENTS.sub(b"", body))


def decode_json(raw: bytes) -> Any:
    """Parse JSON, after white space and a byte order mark; NaN and the like are None.

    Raises:
        NotJson: It is not JSON, or not UTF-8.
    """
    text = ""
    try:
        text = raw.decode()
        if text.startswith("{"):  # as good as always, and of each piece of a stream
            document, end = _DECODER.raw_decode(text)
            if end == len(text):
                return document
        text = text.strip().removeprefix("\ufeff").lstrip()
        return _DECODER.decode(text)
    except UnicodeDecodeError as error:
        raise NotJson(f"byte {error.start} is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise NotJson(
            f"{error.msg} at line {error.lineno}, column {error.colno}" if text else "empty"
        ) from None
    except RecursionError:
        raise NotJson("nested too deeply") from None
    except ValueError:  # a number of more digits than Python reads
        raise NotJson("a number without end") from None


class Unpacker:
    """Unpacks a body as it comes, up to a limit.

    Args:
        encoding: The header Content-Encoding.
        limit: Bytes at most, packed and unpacked.

    Raises:
        BadEncoding: The encoding is none that we have asked for.
    """

    def __init__(self, encoding: str, limit: int = MAX_BODY) -> None:
        name = encoding.strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise BadEncoding(f"an encoding that was not asked for ({name[:40]!r})")
        # 32 is added for "gzip or zlib, whichever it is".
        self._inflate = None if name in ("", "identity") else zlib.decompressobj(32 + zlib.MAX_WBITS)
        self._taken = 0
        self._given = 0
        self._limit = limit

    def unpack(self, chunk: bytes) -> bytes:
        """Unpack the next bytes.

        Raises:
            BodyTooLarge: There are too many of them, packed or unpacked.
            BadEncoding: They are not what the header said.
        """
        self._taken += len(chunk)
        if self._taken > self._limit:
            raise BodyTooLarge(self._limit)
        if self._inflate is None:
            return chunk
        try:
            plain = self._inflate.decompress(chunk, self._limit - self._given + 1)
        except zlib.error:
            raise BadEncoding("a damaged compressed body") from None
        self._given += len(plain)
        if self._given > self._limit:
            raise BodyTooLarge(self._limit)
        return plain
