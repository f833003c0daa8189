"""What judging needs of each language: its toolchain, something that starts its programs, its analyzer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from pytest_llmbench.errors import ToolchainMissing
from pytest_llmbench.sandbox.base import MIB, Limits, Sandbox
from pytest_llmbench.sandbox.host import HostLauncher
from pytest_llmbench.scoring.analyzers.base import Analyzer
from pytest_llmbench.scoring.analyzers.registry import analyzer_for
from pytest_llmbench.scoring.judge import Judge
from pytest_llmbench.tasks.language import Language
from pytest_llmbench.tasks.task import Task, TaskLimits

if TYPE_CHECKING:
    from pytest_llmbench.toolchains.go_cache import GoToolchain

LauncherMaker = Callable[[Sandbox, Limits], HostLauncher]


class Languages:
    """The toolchains of a run, made ready once. One that is missing is told, and the others go on.

    Args:
        environ: The user's environment variables; they say where caches are.
        progress: Told what is done next where it takes long, in words for the user.
    """

    def __init__(self, environ: Mapping[str, str], progress: Callable[[str], None] = lambda _: None) -> None:
        self._environ = environ
        self._progress = progress
        self._makers: dict[Language, LauncherMaker] = {}
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

    def launcher(self, sandbox: Sandbox, task: Task) -> HostLauncher:
        """Give what starts a task's candidates.

        Raises:
            ToolchainMissing: The language's toolchain is not there.
        """
        self.prepare([task.language])
        if task.language in self.missing:
            raise self.missing[task.language]
        return self._makers[task.language](sandbox, _limits(task.limits))

    def judge(
        self,
        sandbox: Sandbox,
        *,
        soft: tuple[type[BaseException], ...] = (),
        drive: Callable[[object], object] | None = None,
    ) -> Judge:
        """Make a judge whose candidates run in a sandbox.

        Args:
            sandbox: Where they run.
            soft: Exceptions outside of `Exception` that fail a check.
            drive: Wraps a body's coroutine; see `Judge`.
        """
        return Judge(
            launcher=lambda task: self.launcher(sandbox, task),
            analyzer=lambda language: self._analyzer(sandbox, language),
            soft=soft,
            drive=drive,
        )

    def _analyzer(self, sandbox: Sandbox, language: Language) -> Analyzer | None:
        """Give the analyzer of a language. Go's own tools look at hostile code: they run in the sandbox."""
        if self._go is None or language != "go":
            return analyzer_for(language)
        from pytest_llmbench.sandbox.golang.workshop import Workshop
        from pytest_llmbench.scoring.analyzers.go import GoAnalyzer

        return GoAnalyzer(Workshop(sandbox, self._go))

    def _maker(self, language: Language) -> LauncherMaker:
        """Give the launcher of a language; its modules are imported here, and not before."""
        if language == "python":
            from pytest_llmbench.sandbox.pythonlauncher import PythonLauncher

            return PythonLauncher
        if language == "go":
            from pytest_llmbench.sandbox.golang.launcher import GoLauncher
            from pytest_llmbench.toolchains.go_status import prepare_go

            go = self._go = prepare_go(self._environ, self._progress)
            return lambda sandbox, limits: GoLauncher(sandbox, go, limits)
        from pytest_llmbench.toolchains.javascript import prepare_javascript

        toolchain = prepare_javascript(self._environ)
        if language == "javascript":
            from pytest_llmbench.sandbox.node.launcher import NodeLauncher

            return lambda sandbox, limits: NodeLauncher(sandbox, toolchain, limits)
        from pytest_llmbench.sandbox.node.typescript_launcher import TypeScriptLauncher

        return lambda sandbox, limits: TypeScriptLauncher(sandbox, toolchain, limits)


def _limits(limits: TaskLimits) -> Limits:
    return Limits(cpu_s=limits.cpu_s, memory_bytes=limits.memory_mb * MIB)
