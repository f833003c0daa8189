"""What judging needs of each language: its toolchain, something that starts its programs, its analyzer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from pytest_llmbench.errors import SandboxUnavailable, ToolchainMissing
from pytest_llmbench.sandbox.base import MIB, Limits, Sandbox
from pytest_llmbench.sandbox.host import HostLauncher
from pytest_llmbench.sandbox.spare import SpareLauncher
from pytest_llmbench.scoring.analyzers.base import Analyzer
from pytest_llmbench.scoring.analyzers.own_costs import NO_OWN_COSTS, OwnCosts
from pytest_llmbench.scoring.analyzers.registry import analyzer_for
from pytest_llmbench.scoring.axis_weights import DEFAULT_AXIS_WEIGHTS, AxisWeights
from pytest_llmbench.scoring.judge import Judge
from pytest_llmbench.tasks.language import Language
from pytest_llmbench.tasks.task import Task, TaskLimits

if TYPE_CHECKING:
    from pytest_llmbench.toolchains.go_cache import GoToolchain

_WITH_SPARES = ("python", "javascript")
LauncherMaker = Callable[[Sandbox, Limits], HostLauncher]


class Languages:
    """The toolchains of a run, made ready once. One that is missing is told, and the others go on.

    Args:
        environ: The user's environment variables; they say where caches are.
        progress: Told what is done next where it takes long, in words for the user.
        spares: How many processes of a language and a set of limits are started before they are needed.
            Where there are any, one loop uses this object, and awaits `close` at the end.
    """

    def __init__(
        self, environ: Mapping[str, str], progress: Callable[[str], None] = lambda _: None, spares: int = 0
    ) -> None:
        self._environ = environ
        self._progress = progress
        self._spares = spares
        self._spare: dict[tuple[Language, Limits], SpareLauncher] = {}
        self._makers: dict[Language, LauncherMaker] = {}
        self._described: dict[Language, str] = {}
        self._go: GoToolchain | None = None
        self.missing: dict[Language, ToolchainMissing] = {}

    def prepare(self, languages: Iterable[Language]) -> None:
        """Make the toolchains of languages ready, which may install packages into the user's cache.

        What cannot be made ready is in `missing` afterwards.
        """
        for language in dict.fromkeys(languages):
            if language in self._makers or language in self.missing:
                continue
            try:
                self._makers[language] = self._maker(language)
            except ToolchainMissing as error:
                self.missing[language] = error

    def describe(self, task: Task) -> str:
        """Say which toolchain a task's language has here: all that could change a verdict."""
        self.prepare([task.language])
        return f"{task.language} {self._described.get(task.language, '')}"

    def launcher(self, sandbox: Sandbox, task: Task) -> HostLauncher:
        """Give what starts a task's candidates.

        Raises:
            SandboxUnavailable: The level of isolation is too narrow for the task.
            ToolchainMissing: The language's toolchain is not there.
        """
        _refuse_what_a_level_cannot(sandbox, task)
        self.prepare([task.language])
        if task.language in self.missing:
            raise self.missing[task.language]
        limits = _limits(task.limits)
        if self._spares and task.language in _WITH_SPARES:
            key = task.language, limits
            if key not in self._spare:
                made = self._makers[task.language](sandbox, limits)
                self._spare[key] = SpareLauncher(made, self._spares)  # type: ignore[arg-type]  # it starts hosts
            return self._spare[key]
        return self._makers[task.language](sandbox, limits)

    async def close(self) -> None:
        """End the processes that were started and not needed."""
        for launcher in self._spare.values():
            await launcher.close()

    def judge(
        self,
        sandbox: Sandbox,
        *,
        soft: tuple[type[BaseException], ...] = (),
        drive: Callable[[object], object] | None = None,
        weights: AxisWeights = DEFAULT_AXIS_WEIGHTS,
        own_costs: OwnCosts = NO_OWN_COSTS,
    ) -> Judge:
        """Make a judge whose candidates run in a sandbox.

        Args:
            sandbox: Where they run.
            soft: Exceptions outside of `Exception` that fail a check.
            drive: Wraps a body's coroutine; see `Judge`.
            weights: What the axes count for.
            own_costs: What findings cost otherwise.
        """
        made: dict[Language, Analyzer | None] = {}

        def analyzer(language: Language) -> Analyzer | None:
            if language == "go":
                return self._go_analyzer(sandbox, own_costs)
            if language not in made:
                made[language] = analyzer_for(language, own_costs)
            return made[language]

        return Judge(
            launcher=lambda task: self.launcher(sandbox, task),
            analyzer=analyzer,
            soft=soft,
            drive=drive,
            close=self.close,
            weights=weights,
        )

    def _go_analyzer(self, sandbox: Sandbox, own_costs: OwnCosts) -> Analyzer | None:
        """Give the analyzer of Go, whose own tools look at hostile code: they run in the sandbox."""
        if self._go is None:
            return None
        from pytest_llmbench.sandbox.golang.workshop import Workshop
        from pytest_llmbench.scoring.analyzers.go import GoAnalyzer
        from pytest_llmbench.scoring.analyzers.go_weights import DEFAULT_GO_WEIGHTS

        return GoAnalyzer(Workshop(sandbox, self._go), DEFAULT_GO_WEIGHTS.with_own(own_costs))

    def _maker(self, language: Language) -> LauncherMaker:
        """Give the launcher of a language; its modules are imported here, and not before."""
        if language == "python":
            from pytest_llmbench.sandbox.pythonlauncher import PythonLauncher

            return PythonLauncher
        if language == "go":
            from pytest_llmbench.sandbox.golang.launcher import KEPT_PROGRAMS, GoLauncher, KeptPrograms
            from pytest_llmbench.toolchains.go_status import prepare_go

            go = self._go = prepare_go(self._environ, self._progress)
            self._described[language] = go.model_dump_json()
            programs = KeptPrograms(KEPT_PROGRAMS)
            return lambda sandbox, limits: GoLauncher(sandbox, go, limits, kept=programs)
        from pytest_llmbench.toolchains.javascript import prepare_javascript

        toolchain = prepare_javascript(self._environ)
        self._described[language] = toolchain.model_dump_json()
        if language == "javascript":
            from pytest_llmbench.sandbox.node.launcher import NodeLauncher

            return lambda sandbox, limits: NodeLauncher(sandbox, toolchain, limits)
        from pytest_llmbench.sandbox.node.typescript_launcher import KEPT_CODE, KeptCode, TypeScriptLauncher

        kept = KeptCode(KEPT_CODE)  # a task's references are compiled once, not for each answer beside them
        return lambda sandbox, limits: TypeScriptLauncher(sandbox, toolchain, limits, kept=kept)


def _limits(limits: TaskLimits) -> Limits:
    return Limits(
        cpu_s=limits.cpu_s,
        memory_bytes=limits.memory_mb * MIB,
        processes=limits.processes,
        open_files=limits.open_files,
        file_bytes=limits.file_mb * MIB,
        tmp_bytes=limits.tmp_mb * MIB,
        output_bytes=limits.output_kb * 1024,
    )


def _refuse_what_a_level_cannot(sandbox: Sandbox, task: Task) -> None:
    """Some levels are too narrow for some tasks; that is neither the task's fault nor a model's."""
    lacks = ""
    if task.loopback and not sandbox.holds.loopback:
        lacks = f"the task {task.id} needs a network of the sandbox's own"
    elif task.language == "go" and not sandbox.holds.own_paths:
        lacks = "Go answers need folders of the sandbox's own"
    if lacks:
        raise SandboxUnavailable(
            f"{lacks}, which the level of isolation {sandbox.level} cannot give; "
            "see what `python -m pytest_llmbench doctor` says about the others"
        )
