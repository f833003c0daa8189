"""The base of every value that flows through the pipeline: frozen, and strict about its keys."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict


class Value(BaseModel):
    """An immutable value; an unknown key is an error, since it is nearly always a misspelt one."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def whole(text: str) -> str:
    """Replace halves of characters, which code can make and UTF-8 cannot hold."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") if not text.isascii() else text


WholeText = Annotated[str, AfterValidator(whole)]
"""Text that may come from a candidate, and that can be written to a file whatever it is."""
