"""A TOML file of the user's, read so that every mistake in it can be told by file, line and key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pytest_llmbench.errors import ConfigError
from pytest_llmbench.models.toml_lines import find_line

_POSITION = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


class TomlFile:
    """One TOML document, or the table in it that is ours.

    Args:
        path: The file's name, for messages.
        text: Its text.
        prefix: The names of the tables around ours, outermost first.

    Raises:
        ConfigError: It is not TOML.
    """

    def __init__(self, path: Path, text: str, prefix: tuple[str, ...] = ()) -> None:
        self.path = path
        self.prefix = prefix
        self._text = text
        self.table: dict[str, Any] = self._inner(self._parsed())

    @classmethod
    def read(cls, path: Path, prefix: tuple[str, ...] = ()) -> TomlFile:
        """Read a file.

        Raises:
            ConfigError: It cannot be read, or is not TOML.
        """
        try:
            text = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
        except UnicodeDecodeError as error:
            raise ConfigError(f"{path}: not UTF-8 at byte {error.start}") from None
        return cls(path, text, prefix)

    def place(self, *keys: str) -> str:
        """Say where a key stands, as `file:line`."""
        line = find_line(self._text, (*self.prefix, *keys))
        return f"{self.path}:{line}" if line else str(self.path)

    def error(self, keys: tuple[str, ...], text: str) -> ConfigError:
        """Make an error about a key."""
        return ConfigError(f"{self.place(*keys)}: {text}")

    def refuse_unknown(self, table: tuple[str, ...], known: Iterable[str]) -> None:
        """Check the keys of a table.

        Raises:
            ConfigError: One is unknown; the text has the nearest known one.
        """
        allowed = sorted(known)
        for key, value in self.subtable(*table).items():
            if key not in allowed:
                raise self.error((*table, key), self._unknown(table, key, value, allowed))

    def subtable(self, *keys: str) -> dict[str, Any]:
        """Give a table inside ours; empty where there is none.

        Raises:
            ConfigError: It is not a table.
        """
        table: Any = self.table
        for depth, key in enumerate(keys, start=1):
            table = table.get(key, {})
            if not isinstance(table, dict):
                path = keys[:depth]
                raise self.error(path, f"{key!r} has to be a table: {self.header(*path)}")
        return dict(table)

    def header(self, *keys: str) -> str:
        """Write a table's header as it stands in this file."""
        return f"[{'.'.join(quoted(key) for key in (*self.prefix, *keys))}]"

    def _unknown(self, table: tuple[str, ...], key: str, value: object, allowed: list[str]) -> str:
        where = f" in {self.header(*table)}" if table or self.prefix else ""
        text = f"unknown key {key!r}{where}"
        near = get_close_matches(key.replace("-", "_").lower(), allowed, n=1, cutoff=0.5)
        if near:
            return f"{text}; did you mean {near[0]!r}?"
        if isinstance(value, dict) and len(table) > 1:
            whole = self.header(*table[:-1], f"{table[-1]}.{key}")
            return f"{text}; an id with a dot in it needs quotes: {whole}"
        return f"{text}; known: {', '.join(allowed)}"

    def _inner(self, document: dict[str, Any]) -> dict[str, Any]:
        table: Any = document
        for depth, key in enumerate(self.prefix, start=1):
            table = table.get(key, {})
            if not isinstance(table, dict):
                name = ".".join(self.prefix[:depth])
                raise ConfigError(f"{self.path}: '{name}' has to be a table: [{name}]")
        return dict(table)

    def _parsed(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            found = _POSITION.search(str(error))
            line = found[1] if found and found[1] else str(self._text.count("\n") + 1)
            what = _POSITION.sub("", str(error))
            raise ConfigError(f"{self.path}:{line}: not valid TOML: {what}") from None
        except RecursionError:
            raise ConfigError(f"{self.path}: not valid TOML: nested too deeply") from None


def quoted(key: str) -> str:
    """Write a key as TOML has it: bare where it may be, else in quotes."""
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else f'"{key}"'
