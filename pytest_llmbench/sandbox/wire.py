"""The judge's end of the pipe: reads every tag, JavaScript's too, and frames over asyncio streams.

Encoding is strict here: what a task's author passes has to arrive as it is, so a value that cannot
cross is an error and not an opaque value. On top of Python's tags (see `codec`):

    {"$": "undefined", "v": null}
    {"$": "map", "v": [[k, v], ..]}
    {"$": "bigint", "v": "0x1f"}                    hexadecimal, as "int"
    {"$": "date", "v": 1700000000000}               milliseconds since 1970; null: an invalid Date
    {"$": "error", "v": ["TypeError", "message"]}
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pytest_llmbench.sandbox.codec import (
    CONTAINERS,
    MAX_INCOMING,
    SCALARS,
    TAGS,
    Codec,
    ProtocolError,
    container,
    int_from,
    list_from,
    pairs_from,
    tagged,
)
from pytest_llmbench.sandbox.host import Opaque
from pytest_llmbench.sandbox.jsvalues import UNDEFINED, BigInt, JsError, JsMap, Undefined

if TYPE_CHECKING:
    from pytest_llmbench.sandbox.tags import Containers, Scalars

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX_NAME = 200


def _refuse(value: object, reason: str) -> str:
    raise TypeError(f"a value of type {type(value).__name__} cannot be sent into the sandbox: {reason}")


def _date_text(value: datetime) -> str:
    if value.tzinfo is None:
        raise TypeError("a datetime without a time zone cannot be sent into the sandbox")
    return f'{{"$":"date","v":{(value - _EPOCH) // timedelta(milliseconds=1)}}}'


def _error_text(value: JsError) -> str:
    texts = SCALARS[str]
    return f'{{"$":"error","v":[{texts(value.name)},{texts(value.message)}]}}'


def _date_from(payload: object) -> object:
    if payload is None:
        return Opaque("Invalid Date")
    if type(payload) not in (int, float):
        raise ProtocolError("a date is not a number")
    try:
        return _EPOCH + timedelta(milliseconds=payload)  # type: ignore[arg-type]
    except (OverflowError, ValueError):
        return Opaque("Date")  # JavaScript's reach farther than Python's


def _error_from(payload: object) -> JsError:
    name, message = list_from(payload)
    if type(name) is not str or type(message) is not str:
        raise ProtocolError("an error is not two texts")
    return JsError(name, message)


def _opaque_from(payload: object) -> Opaque:
    if type(payload) is not str:
        raise ProtocolError("an opaque value is not a name")
    return Opaque(payload[:_MAX_NAME])


def judge_codec(scalars: Scalars | None = None, containers: Containers | None = None) -> Codec:
    """The codec of the judge.

    Args:
        scalars: Types that a language needs written in another way, or refused; see `Codec`.
        containers: The same for containers.
    """
    return Codec(
        {
            **SCALARS,
            Undefined: lambda _: '{"$":"undefined","v":null}',
            BigInt: lambda value: tagged("bigint", hex(value.value)),
            JsError: _error_text,
            datetime: _date_text,
            **(scalars or {}),
        },
        {
            **CONTAINERS,
            JsMap: container("map", lambda value: map(list, value.pairs)),
            **(containers or {}),
        },
        {
            **TAGS,
            "undefined": lambda _: UNDEFINED,
            "map": lambda payload: JsMap(map(tuple, pairs_from(payload))),
            "bigint": lambda payload: BigInt(int_from(payload)),
            "date": _date_from,
            "error": _error_from,
            "opaque": _opaque_from,
        },
        _refuse,
    )


def frame(text: str) -> bytes:
    """A text with its length before it."""
    body = text.encode("utf-8")
    return len(body).to_bytes(4, "big") + body


async def read_frame(reader: asyncio.StreamReader, max_size: int = MAX_INCOMING) -> str | None:
    """The next frame's text, or None where the stream ends between two frames.

    Raises:
        ProtocolError: It is too large, cut short, or not UTF-8.
    """
    try:
        head = await reader.readexactly(4)
    except asyncio.IncompleteReadError as error:
        if not error.partial:
            return None
        raise ProtocolError("the stream ends within a frame's length") from None
    size = int.from_bytes(head, "big")
    if size > max_size:
        raise ProtocolError(f"a frame of {size} bytes, {max_size} are allowed")
    try:
        return (await reader.readexactly(size)).decode("utf-8")
    except asyncio.IncompleteReadError:
        raise ProtocolError("the stream ends within a frame") from None
    except UnicodeDecodeError:
        raise ProtocolError("a frame is not UTF-8") from None
