"""Go's warm build cache: the standard library compiled once per user, and never again.

Cold, a small HTTP service takes over a minute of two cores to build, and as long again with the race
detector; warm, half a second. The cache lies in the user's cache folder, in three folders, each named by
a hash of all that decides its content, so that a new version of ours costs seconds and not minutes:

    go/tool-…        a tool of ours that works beside the go command (`go_tools`)
    go/libraries-…   the build cache of the standard library, minutes of work
    go/host-…        on top of it, that of the package that serves an answer's functions

Where Go lies decides on the last one alone: the go command does not ask for it in what it compiles
with `-trimpath`, only in its index of the folders there. So a new virtual environment costs seconds.

Sandboxes only read them: the tool serves them to the go command, and keeps what is new for the
sandbox alone (see `go_tools/cache.go`).
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from pytest_llmbench.errors import ToolchainMissing
from pytest_llmbench.toolchains.cache import is_whole, make_once, user_cache
from pytest_llmbench.toolchains.go import (
    GO_SETTINGS,
    RELEASE,
    CCompiler,
    Go,
    command_line,
    go_environment,
    race_environment,
)
from pytest_llmbench.values import Value

WARM_COMMAND = "python -m pytest_llmbench doctor --warm"

TEST_BINARY = ("test", "-c", "-o", os.devnull, "-ldflags=-s -w", ".")

_TOOLS = Path(__file__).parent / "go_tools"
_TIMEOUT_S = 1800
_NO_RACE = "race-detector.json"

Progress = Callable[[str], None]
Runner = Callable[[list[str], Mapping[str, str], Path], None]


class GoToolchain(Value):
    """What a sandbox needs for Go.

    `tool` is the program of ours that works beside the go command; `build_caches` are warm. `compiler` is
    None where programs cannot be built with the race detector, and `no_race` then says why.
    """

    go: Go
    tool: Path
    build_caches: tuple[Path, ...]
    compiler: CCompiler | None = None
    no_race: str | None = None


class GoCache:
    """A user's warm cache.

    Args:
        go: The toolchain.
        compiler: What compiles C; None where nothing does.
        environ: The user's environment variables; they say where the cache is.
        run: Runs a command (its arguments, environment, folder); raises `subprocess.SubprocessError`.
    """

    def __init__(
        self,
        go: Go,
        compiler: CCompiler | None,
        environ: Mapping[str, str],
        run: Runner | None = None,
    ) -> None:
        self._go = go
        self._compiler = compiler
        self._run = run or _run
        base = user_cache(environ) / "go"
        common = [go.version, platform.machine(), json.dumps(GO_SETTINGS, sort_keys=True)]
        c_compiler = "" if compiler is None else compiler.model_dump_json()
        warm, host = _TOOLS / "warm", _TOOLS / "host"
        self.tool = base / f"tool-{_digest(common, _sources(_TOOLS, warm))}"
        self.libraries = base / f"libraries-{_digest([*common, c_compiler], _sources(warm))}"
        self.host = base / f"host-{_digest([self.libraries.name, str(go.root)], _sources(host))}"

    def find(self) -> GoToolchain | None:
        """The toolchain where its cache is warm and whole, else None. Nothing is compiled."""
        whole = all(map(is_whole, (self.tool, self.libraries, self.host)))
        return self._toolchain() if whole else None

    def warm(self, progress: Progress = lambda _: None) -> GoToolchain:
        """Give the toolchain, after compiling what is not there yet: minutes the first time, then 0.1 s.

        Several processes may do this at once: the others wait for the first.

        Args:
            progress: Told what is done next, in words for the user.

        Raises:
            ToolchainMissing: The cache cannot be made; the text says why.
        """
        try:
            make_once(self.tool, lambda folder: self._fill_tool(folder, progress))
            make_once(self.libraries, lambda folder: self._fill_libraries(folder, progress))
            make_once(self.host, self._fill_host)
        except OSError as error:
            raise ToolchainMissing(
                f"the cache folder {self.tool.parent} cannot be written ({error})",
                f"XDG_CACHE_HOME=<a folder of yours> {WARM_COMMAND}",
            ) from error
        except subprocess.SubprocessError as error:
            text = f"Go's libraries could not be compiled: {_why(error)}"
            raise ToolchainMissing(text, WARM_COMMAND) from error
        return self._toolchain()

    def _toolchain(self) -> GoToolchain:
        no_race = self._no_race()
        return GoToolchain(
            go=self._go,
            tool=self.tool / "llmbenchtool",
            build_caches=(self.libraries / "build", self.host / "build"),
            compiler=None if no_race else self._compiler,
            no_race=no_race,
        )

    def _no_race(self) -> str | None:
        found = json.loads((self.libraries / _NO_RACE).read_text(encoding="utf-8"))["missing"]
        return None if found is None else str(found)

    def _fill_tool(self, folder: Path, progress: Progress) -> None:
        progress("Go: compiling a tool (1 of 4, some 10 s)")
        work = folder / "work"
        shutil.copytree(_TOOLS, work / "tool", copy_function=shutil.copyfile)
        env = self._environment(work, work / "build")
        self._go_command("build", "-o", str(folder / "llmbenchtool"), ".", env=env, cwd=work / "tool")
        shutil.rmtree(work)

    def _fill_libraries(self, folder: Path, progress: Progress) -> None:
        progress("Go: compiling its libraries, once for this user (2 of 4, about a minute)")
        source = folder / "work" / "answer"
        source.mkdir(parents=True)
        shutil.copyfile(_TOOLS / "warm" / "warm.go", source / "answer.go")
        (source / "answer_test.go").write_text("package main\n", encoding="utf-8")
        _write_module(source)
        env = self._environment(folder / "work", folder / "build")
        self._go_command(*TEST_BINARY, env=env, cwd=source)
        progress("Go: preparing vet (3 of 4)")
        vet = f"-vettool={self.tool / 'llmbenchtool'}"
        self._go_command("vet", vet, ".", env={**env, "LLMBENCH_FINDINGS": os.devnull}, cwd=source)
        self._go_command("fix", "-json", ".", env=env, cwd=source)
        missing = self._warm_race(env, source, progress)
        (folder / _NO_RACE).write_text(json.dumps({"missing": missing}), encoding="utf-8")
        shutil.rmtree(folder / "work")

    def _warm_race(self, env: Mapping[str, str], cwd: Path, progress: Progress) -> str | None:
        """Compile the libraries for the race detector, or say why that is not possible."""
        if self._compiler is None:
            return "there is no C compiler"
        progress("Go: compiling its libraries for the race detector (4 of 4, about a minute)")
        try:
            self._go_command(*TEST_BINARY, "-race", env={**env, **race_environment(self._compiler)}, cwd=cwd)
        except subprocess.CalledProcessError as error:
            return f"{self._compiler.command[0]} does not work: {_why(error)}"
        return None

    def _fill_host(self, folder: Path) -> None:
        source = folder / "work" / "answer"
        shutil.copytree(_TOOLS / "host", source / "llmbench", copy_function=shutil.copyfile)
        # So that all libraries are looked up, which puts them into the index.
        shutil.copyfile(_TOOLS / "warm" / "warm.go", source / "answer.go")
        (source / "answer_test.go").write_text(_HOST_USER, encoding="utf-8")
        _write_module(source)
        env = {
            **self._environment(folder / "work", folder / "work" / "cache"),
            "GOCACHEPROG": command_line(
                self.tool / "llmbenchtool", "cache", self.libraries / "build", folder / "build"
            ),
        }
        self._go_command(*TEST_BINARY, env=env, cwd=source)
        if self._compiler is not None and self._no_race() is None:
            self._go_command(
                *TEST_BINARY, "-race", env={**env, **race_environment(self._compiler)}, cwd=source
            )
        shutil.rmtree(folder / "work")

    def _go_command(self, *arguments: str, env: Mapping[str, str], cwd: Path) -> None:
        self._run([str(self._go.binary), *arguments], env, cwd)

    def _environment(self, work: Path, cache: Path) -> Mapping[str, str]:
        scratch = work / "scratch"
        scratch.mkdir(parents=True)
        return {
            **go_environment(self._go),
            "GOCACHE": str(cache),
            "GOPATH": str(scratch / "gopath"),
            "HOME": str(scratch),
            "TMPDIR": str(scratch),
            "CGO_ENABLED": "0",
        }


_HOST_USER = """\
package main

import (
\t"testing"

\t"answer/llmbench"
)

func TestMain(*testing.M) {
\tllmbench.Serve(nil)
}
"""


def _write_module(folder: Path) -> None:
    (folder / "go.mod").write_text(f"module answer\n\ngo {RELEASE}\n", encoding="utf-8")


def _sources(folder: Path, *without: Path) -> Iterable[Path]:
    found = (path for path in folder.rglob("*") if path.suffix in (".go", ".mod"))
    return sorted(path for path in found if not any(path.is_relative_to(other) for other in without))


def _digest(parts: Iterable[str], files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{part}\0".encode())
    for path in files:
        digest.update(f"{path.relative_to(_TOOLS)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:32]


def _why(error: subprocess.SubprocessError) -> str:
    if isinstance(error, subprocess.CalledProcessError):
        lines = [line for line in str(error.stderr).splitlines() if not line.startswith("#")]
        return " ".join(lines).strip()[-400:] or f"exit code {error.returncode}"
    return f"not done after {_TIMEOUT_S // 60} minutes"


def _run(command: list[str], env: Mapping[str, str], cwd: Path) -> None:
    subprocess.run(  # noqa: S603 - our own go command, with arguments of ours
        command,
        env=dict(env),
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_TIMEOUT_S,
        check=True,
        umask=0o022,
    )
