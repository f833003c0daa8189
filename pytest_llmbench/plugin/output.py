"""Keeps the output of bodies apart: they run in another thread, while some other test is on stage.

A body's prints and log records go to the sections of its own sample. Assertions in bodies get
pytest's own explanations, which pytest sets up for the running item only.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Generator
from typing import Any, TextIO

import pytest

from pytest_llmbench.scoring.capture import CURRENT_SECTIONS


class StreamProxy:
    """Stands for a standard stream: writes of bodies go to their sections, all others through.

    Args:
        stream: The stream that it stands for.
        kind: "stdout" or "stderr".
    """

    def __init__(self, stream: TextIO, kind: str) -> None:
        self.stream = stream
        self._kind = kind

    def write(self, text: str) -> int:
        """Write to where the writer's output belongs."""
        sections = CURRENT_SECTIONS.get()
        if sections is None:
            return self.stream.write(text)
        sections.append((self._kind, text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


class Driven:
    """An awaitable that runs a body, and sees to the standard streams before each of its steps.

    pytest exchanges the streams whenever a test's phase starts or ends, so that a proxy put in
    place once does not stay there.

    Args:
        body: The body's coroutine.
    """

    def __init__(self, body: Any) -> None:
        self._body = body

    def __await__(self) -> Generator[Any, Any, None]:
        steps = self._body.__await__()
        send: Callable[[], Any] = lambda: next(steps)  # noqa: E731 - it is exchanged below
        while True:
            put_proxies()
            try:
                waited = send()
            except StopIteration:
                return
            try:
                result = yield waited
            except BaseException as error:  # noqa: BLE001 - thrown into the body, where it belongs
                send = lambda error=error: steps.throw(error)  # type: ignore[misc]  # noqa: E731
            else:
                send = lambda result=result: steps.send(result)  # type: ignore[misc]  # noqa: E731


def put_proxies() -> None:
    """Put proxies in the place of the standard streams, if they are not there."""
    for kind in ("stdout", "stderr"):
        stream = getattr(sys, kind)
        if not isinstance(stream, StreamProxy):
            setattr(sys, kind, StreamProxy(stream, kind))


def take_proxies_away() -> None:
    """Put the real streams back."""
    for kind in ("stdout", "stderr"):
        stream = getattr(sys, kind)
        if isinstance(stream, StreamProxy):
            setattr(sys, kind, stream.stream)


class SectionHandler(logging.Handler):
    """Takes the log records of bodies to their sections."""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a record if a body made it."""
        sections = CURRENT_SECTIONS.get()
        if sections is not None:
            sections.append(("log", self.format(record) + "\n"))


def outside_of_bodies(record: logging.LogRecord) -> bool:
    """Whether a record is not a body's: all other handlers are to see only those."""
    return CURRENT_SECTIONS.get() is None


class BodyOutput:
    """Switches all of this on for a run, and off again."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._handler = SectionHandler()
        self._handler.setFormatter(
            logging.Formatter("%(levelname)-8s %(name)s:%(filename)s:%(lineno)d %(message)s")
        )
        self._util: Any = None
        self._saved: Any = None

    def on(self) -> None:
        """Take bodies' output from now on."""
        logging.getLogger().addHandler(self._handler)
        plugin = self._config.pluginmanager.get_plugin("assertion")
        self._util = getattr(plugin, "util", None)
        if self._util is not None:
            self._saved = self._util._reprcompare  # noqa: SLF001 - pytest's one way to explain comparisons
            self._util._reprcompare = self._explain  # noqa: SLF001

    def phase(self) -> None:
        """Keep bodies' records from the handlers that pytest has put up for the running test."""
        for handler in logging.getLogger().handlers:
            if handler is not self._handler:
                handler.addFilter(outside_of_bodies)

    def off(self) -> None:
        """Leave everything as it was."""
        logging.getLogger().removeHandler(self._handler)
        for handler in logging.getLogger().handlers:
            handler.removeFilter(outside_of_bodies)
        if self._util is not None:
            self._util._reprcompare = self._saved  # noqa: SLF001
        take_proxies_away()

    def _explain(self, op: str, left: object, right: object) -> str | None:
        hook = self._config.hook
        for lines in hook.pytest_assertrepr_compare(config=self._config, op=op, left=left, right=right):
            if lines:
                joined = "\n~".join(line.replace("\n", "\\n") for line in lines)
                return joined.replace("%", "%%")
        return None
