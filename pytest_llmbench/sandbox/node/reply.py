"""HTTP with a server inside a sandbox: what may be asked, and what came back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from pytest_llmbench.values import Value

_METHOD = re.compile(r"[A-Z]+")
_PATH = re.compile(r"/[!-~]*")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t -~]*")


class HttpReply(Value):
    """A server's answer. `headers` are names and values as they came, repeated ones too."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str | None:
        """The first header of a name, in upper or lower case; None where there is none."""
        wanted = name.lower()
        return next((value for found, value in self.headers if found.lower() == wanted), None)

    @property
    def text(self) -> str:
        """The body as UTF-8; what is none is replaced by "�"."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:  # type: ignore[override]  # pydantic's own is deprecated
        """The body as JSON.

        Raises:
            ValueError: It is none.
        """
        return json.loads(self.body)


def checked_request(
    method: str, path: str, headers: Mapping[str, str] | None, body: bytes | None
) -> dict[str, object]:
    """A request as the host is sent it.

    Raises:
        ValueError: It would be no HTTP; that is the asker's mistake and not the server's.
    """
    if not _METHOD.fullmatch(method):
        raise ValueError(f"{method!r} is no HTTP method; one is of upper case letters")
    if not _PATH.fullmatch(path):
        raise ValueError(f"{path!r} is no path; one starts with '/' and is percent-encoded")
    for name, value in (headers or {}).items():
        if not (_HEADER_NAME.fullmatch(name) and _HEADER_VALUE.fullmatch(value)):
            raise ValueError(f"{name}: {value!r} is no HTTP header")
    pairs = [[name, value] for name, value in (headers or {}).items()]
    return {"method": method, "path": path, "headers": pairs, "body": body}
