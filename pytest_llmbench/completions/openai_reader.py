"""Reads a reply of OpenAI's chat completions, in one piece or as a stream, whichever the server sends."""

from __future__ import annotations

import re

from pytest_llmbench.completions.completion import Completion
from pytest_llmbench.completions.openai_reply import reply_from
from pytest_llmbench.completions.protocol import Shape
from pytest_llmbench.completions.quoting import quoted
from pytest_llmbench.completions.redaction import Secrets
from pytest_llmbench.completions.said import said_by, said_by_body
from pytest_llmbench.completions.sse import Event, EventReader, LineReader
from pytest_llmbench.completions.streamed import StreamedReply
from pytest_llmbench.completions.trouble import Trouble
from pytest_llmbench.completions.wire import (
    MAX_BODY,
    MAX_STREAM,
    BodyTooLarge,
    NotJson,
    decode_json,
    parse_json,
)

_FIELD = re.compile(rb"(data|event|id|retry):")
_DOCUMENT = (b"{", b"[", b"<")
"""How a reply in one piece begins: JSON, or a page."""

_END = b"[DONE]"


class OpenAIReader:
    """Finds out what a reply is by its first line that says something, and reads it as that.

    A server may ignore that a stream was asked for, and either kind may begin with empty lines and
    comments, which keep a connection alive.

    Args:
        content_type: What the server says that it is.
        secrets: What may not appear in it.
        shape: Translates the documents of another API.
        api: What a reply that cannot be read is said not to be.
    """

    def __init__(
        self,
        content_type: str,
        secrets: Secrets,
        shape: Shape | None = None,
        api: str = "an OpenAI-compatible API",
    ) -> None:
        self._shape = shape
        self._api = api
        self._content_type = content_type.lower()
        self._secrets = secrets
        self._body = bytearray()
        self._lines: LineReader | None = LineReader(MAX_BODY)
        self._stream: StreamReader | None = None

    @property
    def limit(self) -> int:
        """Bytes of this body at most, unpacked."""
        return MAX_STREAM if "event-stream" in self._content_type else MAX_BODY

    @property
    def begun(self) -> bool:
        """Whether the model's text has begun to come in a stream."""
        return self._stream is not None and self._stream.begun

    @property
    def answered(self) -> bool:
        """Whether the model has ended its answer in a stream: what is missing may stay so."""
        return self._stream is not None and self._stream.answered

    @property
    def over(self) -> bool:
        """Whether nothing that may follow in a stream matters."""
        return self._stream is not None and self._stream.over

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the body.

        Raises:
            BodyTooLarge: There are more than any answer has.
        """
        if self._stream is not None:
            self._stream.feed(chunk)
            return
        self._body += chunk
        if len(self._body) > MAX_BODY:
            raise BodyTooLarge(MAX_BODY)
        if self._lines is not None:
            self._decide(self._lines.feed(chunk))

    def finish(self) -> Completion | Trouble:
        """Say what it was, once the body has ended."""
        if self._lines is not None:
            self._decide(self._lines.finish())
        if self._lines is not None and self._is_stream(b""):
            self._begin_stream()
        if self._stream is not None:
            return self._stream.finish()
        try:
            document = self._secrets.hide_in(parse_json(bytes(self._body)))
        except NotJson as error:
            return self._not_json(str(error))
        return reply_from(self._shape(document) if self._shape else document, self._api)

    def _decide(self, lines: list[bytes]) -> None:
        """Look for the first line that is neither empty nor a comment."""
        telling = next((line for line in lines if line.strip() and not line.lstrip().startswith(b":")), None)
        if telling is None:
            return
        self._lines = None
        if self._is_stream(telling):
            self._begin_stream()

    def _begin_stream(self) -> None:
        self._stream = StreamReader(self._secrets, self._shape, self._api)
        self._stream.feed(bytes(self._body))
        self._body.clear()

    def _is_stream(self, line: bytes) -> bool:
        if "event-stream" in self._content_type:
            return not line.lstrip().startswith(_DOCUMENT)
        return _FIELD.match(line) is not None

    def _not_json(self, why: str) -> Trouble:
        text = self._secrets.hide(self._body.decode(errors="replace"))
        is_page = "html" in self._content_type or text.lstrip().startswith("<")
        what = "an HTML page" if is_page else f"something that is not JSON ({why})"
        shown = f": {quoted(said_by_body(None, text).message)}" if text.strip() else ""
        return Trouble(
            kind="protocol",
            text=f"is not {self._api}: it answered with {what}{shown}"
            if is_page
            else f"answered with {what}{shown}",
            fatal=is_page,
        )


class StreamReader:
    """Reads a streamed reply.

    Args:
        secrets: What may not appear in it. They are looked for in the whole texts, since a stream
            may cut them in two.
        shape: Translates the events of another API.
        api: What a reply that cannot be read is said not to be.
    """

    def __init__(self, secrets: Secrets, shape: Shape | None, api: str) -> None:
        self._secrets = secrets
        self._shape = shape
        self._api = api
        self._events = EventReader()
        self._reply = StreamedReply()
        self._closed = False
        self._garbled: str | None = None

    @property
    def begun(self) -> bool:
        """Whether there is any text yet."""
        return self._reply.begun

    @property
    def answered(self) -> bool:
        """Whether the answer is whole: the model has said why it ended, or the server that this is all."""
        return self._reply.ended or (self._closed and self._reply.begun)

    @property
    def over(self) -> bool:
        """Whether the stream has said its last word, or one that makes all others worthless."""
        return self._closed or self._reply.failed or self._garbled is not None

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes.

        Raises:
            BodyTooLarge: There are more than any answer has.
        """
        for event in self._events.feed(chunk):
            self._take(event)

    def finish(self) -> Completion | Trouble:
        """Say what it was, once the stream has ended."""
        for event in self._events.finish():
            self._take(event, cut=True)
        if self._garbled is not None:
            text = f"answered with a stream in which there is {self._garbled}"
            return Trouble(kind="protocol", text=text, retry=True)
        if not self.answered and not self._reply.failed:
            text = "ended its stream before the answer was whole"
            return Trouble(kind="connection", text=text, retry=True)
        reply = reply_from(self._secrets.hide_in(self._reply.whole()), self._api)
        return reply._replace(begun=self.begun) if isinstance(reply, Trouble) else reply

    def _take(self, event: Event, *, cut: bool = False) -> None:
        """Take an event; one that the end of the stream may have cut need not make sense."""
        data = event.data.strip()
        if self.over or not data:
            return
        if data == _END:
            self._closed = True
            return
        is_error = event.name == b"error"
        try:
            document = decode_json(data)
        except NotJson as error:
            if is_error:
                self._reply.take({"error": data.decode(errors="replace")})
            elif not cut:
                shown = quoted(self._secrets.hide(data.decode(errors="replace")))
                self._garbled = f"something that is not JSON ({error}): {shown}"
            return
        if self._shape is not None:
            self._closed = self._shape.is_end(document)
            document = self._shape(document)
        is_bare = is_error and said_by(document) is None
        self._reply.take({"error": document or "without a reason"} if is_bare else document)
