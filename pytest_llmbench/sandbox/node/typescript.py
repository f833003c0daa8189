"""TypeScript: from an answer to JavaScript and the compiler's diagnostics.

The compiler runs in a sandbox of its own, in which nothing of the answer is ever run: what it says is
its own verdict. It is contained although it only reads, since a type can be made to take all time and
memory.
"""

from __future__ import annotations

import asyncio
import json
import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Literal

from pytest_llmbench.errors import CandidateCrash, CandidateTimeout
from pytest_llmbench.sandbox.base import Command, Limits, Mount, Sandbox, SandboxProcess
from pytest_llmbench.toolchains.javascript import JavaScriptToolchain
from pytest_llmbench.values import Value

ANSWER = "answer.ts"

# The compiler waits for each file in a thread of its own: dozens of them where the disk is slow, and
# threads count as processes.
COMPILER_LIMITS = Limits(cpu_s=30, processes=512)

_MAX_DIAGNOSTICS = 1024 * 1024
_MAX_CODE = 16 * 1024 * 1024

_OPTIONS = {
    "strict": True,
    "target": "es2023",
    "module": "nodenext",
    # What the Node that runs the answer has, and the DOM, since answers may use its types (fetch, URL).
    "lib": ["es2025", "dom", "dom.iterable", "dom.asynciterable"],
    "types": ["node"],
    "skipLibCheck": True,
    "moduleDetection": "force",
    "rootDir": ".",
    "outDir": "out",
}
_COMPILE = """\
"$1" -p tsconfig.json --pretty false </dev/null >diagnostics 2>&1
code=$?
[ -f out/answer.js ] || { mkdir -p out; : >out/answer.js; code="$code none"; }
echo $(wc -c <diagnostics) $(wc -c <out/answer.js) $code
cat diagnostics out/answer.js
"""
_HEAD = re.compile(r"(\d+) (\d+) (\d+)( none)?\n")
_DIAGNOSTIC = re.compile(
    r"(?:(?P<file>[^\n(]+)\((?P<line>\d+),(?P<column>\d+)\): )?"
    r"(?P<category>error|warning|suggestion|message) TS(?P<code>\d+): (?P<message>.*)"
)
_EXTRA_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.m?ts")


class Diagnostic(Value):
    """One remark of the compiler.

    `file`, `line` and `column` (both from 1) are None for one about the whole program; `code` is the
    number in "TS2322"; the message's further lines are indented.
    """

    file: str | None = None
    line: int | None = None
    column: int | None = None
    code: int
    message: str
    category: Literal["error", "warning", "suggestion", "message"] = "error"


class Compiled(Value):
    """What the compiler made.

    `code` is JavaScript, an ES module, which is there where types are wrong too; None where it made none.
    """

    code: str | None
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that are errors."""
        return tuple(found for found in self.diagnostics if found.category == "error")


async def compile_typescript(
    sandbox: Sandbox,
    toolchain: JavaScriptToolchain,
    source: str,
    extra_files: Mapping[str, str] | None = None,
    *,
    limits: Limits = COMPILER_LIMITS,
    timeout_s: float = 60.0,
) -> Compiled:
    """Compile an answer under ``--strict``, with the types of Node, the DOM and Express.

    Args:
        sandbox: Where the compiler runs.
        toolchain: The compiler and the packages' types.
        source: The answer; other files import it as "./answer.js".
        extra_files: Names and contents of files that are checked with it, for what is asserted of types.
        limits: What the compiler may use.
        timeout_s: Wall seconds that it may take.

    Raises:
        CandidateTimeout: The answer's types take too long.
        CandidateCrash: The compiler ended on them (too much memory, for example).
        SandboxError: Our side failed.
        ValueError: A name in `extra_files` is not a plain one that ends in .ts.
    """
    files = {**_checked_names(extra_files or {}), ANSWER: source}
    process = await sandbox.start(_command(toolchain, limits))
    try:
        async with asyncio.timeout(timeout_s):
            process.stdin.write(_script(files, str(toolchain.modules)).encode("ascii"))
            process.stdin.close()
            return await _read(process)
    except asyncio.IncompleteReadError:
        raise CandidateCrash(_end_of(process, "it said nothing")) from None
    except TimeoutError:
        raise CandidateTimeout(f"the TypeScript compiler was not done after {timeout_s:g} s") from None
    finally:
        await process.kill()


def _checked_names(files: Mapping[str, str]) -> Mapping[str, str]:
    for name in files:
        if not _EXTRA_NAME.fullmatch(name) or name == ANSWER:
            raise ValueError(f"{name!r} is no name for a further file; one is plain and ends in .ts")
    return files


def _command(toolchain: JavaScriptToolchain, limits: Limits) -> Command:
    return Command(
        argv=("/bin/sh", "-s", str(toolchain.tsc)),
        mounts=(Mount(source=toolchain.modules, target=str(toolchain.modules)),),
        # Its collector works harder before the memory's limit ends it.
        env={"GOMEMLIMIT": f"{limits.memory_bytes * 3 // 4}"},
        limits=limits,
    )


def _script(files: Mapping[str, str], modules: str) -> str:
    """The shell's orders, with all files in them: nothing of this machine has to be shown for these."""
    config = json.dumps({"compilerOptions": _OPTIONS, "files": sorted(files)})
    written = {**files, "tsconfig.json": config, "package.json": '{"type": "module"}'}
    lines = [f"printf %s {_encoded(text)} | base64 -d >{name}" for name, text in written.items()]
    link = f'ln -s "$(printf %s {_encoded(modules)} | base64 -d)" node_modules'
    return "\n".join([*lines, link, _COMPILE])


def _encoded(text: str) -> str:
    # Half a surrogate pair is no text for the compiler either.
    return b64encode(text.encode("utf-8", "replace")).decode("ascii")


async def _read(process: SandboxProcess) -> Compiled:
    head = _HEAD.fullmatch((await process.stdout.readline()).decode("ascii", "replace"))
    if head is None:
        raise CandidateCrash(_end_of(process, "it said nothing"))
    sizes = int(head[1]), int(head[2])
    if sizes[0] > _MAX_DIAGNOSTICS or sizes[1] > _MAX_CODE:
        raise CandidateCrash("the TypeScript compiler's output is too large")
    texts = [(await process.stdout.readexactly(size)).decode("utf-8", "replace") for size in sizes]
    diagnostics = _diagnostics(texts[0])
    if int(head[3]) != 0 and not diagnostics:
        raise CandidateCrash(_end_of(process, texts[0].strip()[:300] or f"exit code {head[3]}"))
    return Compiled(code=None if head[4] else texts[1], diagnostics=diagnostics)


def _end_of(process: SandboxProcess, reason: str) -> str:
    return (
        f"the TypeScript compiler ended: {process.fault() or process.stderr_text().strip()[:300] or reason}"
    )


def _diagnostics(printed: str) -> tuple[Diagnostic, ...]:
    found: list[Diagnostic] = []
    for line in printed.splitlines():
        matched = _DIAGNOSTIC.fullmatch(line)
        if matched:
            found.append(Diagnostic.model_validate(matched.groupdict()))
        elif found and line.startswith(" "):
            message = f"{found[-1].message}\n{line}"
            found[-1] = found[-1].model_copy(update={"message": message})
    return tuple(found)
