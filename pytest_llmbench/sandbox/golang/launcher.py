"""Starts hosts for Go answers: built in one sandbox, run in another that has neither toolchain nor source."""

from __future__ import annotations

from pytest_llmbench.errors import CandidateError
from pytest_llmbench.sandbox.base import Command, Limits, Mount, Sandbox
from pytest_llmbench.sandbox.golang.workshop import Built, Problem, Workshop
from pytest_llmbench.sandbox.host import Source
from pytest_llmbench.sandbox.hosts import PipeHost
from pytest_llmbench.sandbox.recent import Recent
from pytest_llmbench.toolchains.go_cache import GoToolchain

RACE = "//llmbench:race"
"""A line of a harness that asks for a second build, with the race detector (see `llmbench.Again`)."""

KeptPrograms = Recent[Source, Built]
"""What was built of answers, with their harness."""

KEPT_PROGRAMS = 8
"""Some 19 MB each, where the race detector is asked for."""

_TOOL = "/app/llmbenchtool"
_ENVIRONMENT = {"LLMBENCH_ROLE": "host"}
_SHOWN = 5
# Threads count as processes; a runtime has some eight, and a harness may start the program again.
_PROCESSES = 512
_OPEN_FILES = 4096


class GoLauncher:
    """Implements `HostLauncher` for Go.

    The answer's functions and the harness's can be called by name; the answer's `main` is never run.
    Programs are kept for the next process of the same answer.

    Args:
        sandbox: Where answers are built and where they run.
        toolchain: Go, with its warm cache.
        limits: What each host may use.
        load_timeout_s: How long an answer may take to load, in seconds, without building.
        kept: What was built before, shared by launchers of one toolchain; None for its own.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        toolchain: GoToolchain,
        limits: Limits,
        load_timeout_s: float = 10.0,
        kept: KeptPrograms | None = None,
    ) -> None:
        self.toolchain = toolchain
        self._sandbox = sandbox
        self._workshop = Workshop(sandbox, toolchain)
        self._tool = Mount(source=toolchain.tool, target=_TOOL)
        self._limits = limits.model_copy(
            update={
                "processes": max(limits.processes, _PROCESSES),
                "open_files": max(limits.open_files, _OPEN_FILES),
            }
        )
        self._load_timeout_s = load_timeout_s
        self._kept = KeptPrograms(KEPT_PROGRAMS) if kept is None else kept

    async def load(self, source: Source) -> PipeHost:
        """Build an answer, start a host of it, and wait until it is up.

        Raises:
            CandidateError: The answer does not build ("CompileError") or load, crashes, takes too long.
            SandboxError: Our side failed.
        """
        built = await self._build(source)
        if not built.programs:
            raise CandidateError("CompileError", "\n".join(map(_told, built.problems[:_SHOWN])))
        host = await self._start(built.programs)
        try:
            await host.load(Source(code=""), self._load_timeout_s)
        except BaseException:
            await host.close()
            raise
        return host

    async def _build(self, source: Source) -> Built:
        built = self._kept.get(source)
        if built is None:
            race = source.harness is not None and RACE in source.harness.splitlines()
            built = await self._workshop.build(source.code, source.harness, race=race)
            self._kept.keep(source, built)
        return built

    async def _start(self, programs: tuple[bytes, ...]) -> PipeHost:
        command = Command(
            argv=(_TOOL, "run", *(str(len(program)) for program in programs)),
            mounts=(self._tool,),
            env=_ENVIRONMENT,
            limits=self._limits,
        )
        process = await self._sandbox.start(command)
        for program in programs:
            process.stdin.write(program)
        return PipeHost(process)


def _told(problem: Problem) -> str:
    return problem.message if problem.line is None else f"line {problem.line}: {problem.message}"
