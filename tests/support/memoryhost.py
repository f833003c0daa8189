"""Hosts that run code in this very process, for tests of what stands above hosts; never for hostile code."""

from __future__ import annotations

import asyncio
from typing import Any

from pytest_llmbench.errors import CandidateCrash, CandidateError, CandidateSlow, CandidateTimeout
from pytest_llmbench.sandbox.codec import inside_codec
from pytest_llmbench.sandbox.host import Observation, Source

_CODEC = inside_codec()


class MemoryHost:
    """A loaded answer. Where its code raises SystemExit it "crashed", where TimeoutError it "hangs"."""

    def __init__(self, code: str) -> None:
        self._names: dict[str, Any] = {}
        self.closed = 0
        self.timeouts: list[float] = []
        try:
            exec(code, self._names)
        except Exception as error:  # noqa: BLE001 - all that it raises is the answer's
            raise CandidateError(type(error).__name__, str(error)) from None

    async def call(
        self, name: str, args: tuple[Any, ...], timeout_s: float, cpu_s: float | None = None
    ) -> Observation:
        self.timeouts.append(timeout_s)
        given: Any = tuple(_CODEC.decode(_CODEC.encode(list(args))))
        await asyncio.sleep(0)  # others get their turn, as with a real process
        try:
            value = self._names[name](*given)
        except SystemExit:
            raise CandidateCrash("it ended") from None
        except TimeoutError:
            raise (CandidateTimeout("no reply") if cpu_s is None else CandidateSlow("slow")) from None
        except Exception as error:  # noqa: BLE001 - all that it raises is the answer's
            raise CandidateError(type(error).__name__, str(error)) from None
        same = [index for index, argument in enumerate(given) if argument is value]
        return Observation(value=value, arguments=given, returned_argument=same[0] if same else None)

    def output(self) -> str:
        return str(self._names.get("printed", ""))

    async def close(self) -> None:
        self.closed += 1


class MemoryLauncher:
    """Loads hosts, and keeps them for the test to look at."""

    def __init__(self) -> None:
        self.hosts: list[MemoryHost] = []

    async def load(self, source: Source) -> MemoryHost:
        self.hosts.append(MemoryHost(source.code))
        return self.hosts[-1]
