"""Runs a page of the documentation: its blocks are files to write and commands to run, in their order.

A block's fence says what it is: ` ```python path/of/file.py ` is a file, ` ```console ` are commands, each
after a `$`, with the lines that their output has to hold, in that order, where `…` stands for anything.
` ```console exit=1 ` is a block whose last command ends so.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from markdown_it import MarkdownIt

INSTALLS = ("pip install ",)


@dataclass(frozen=True)
class Block:
    """One block of a page: a file of that name, or commands that end in that way."""

    line: int
    text: str
    file: str | None = None
    exit_code: int = 0


@dataclass(frozen=True)
class Step:
    """One command, and the lines that it prints among others."""

    command: str
    prints: tuple[str, ...]


def blocks(page: Path) -> Iterator[Block]:
    """Give the blocks of a page; one that is neither a file nor commands fails."""
    for token in MarkdownIt().parse(page.read_text("utf-8")):
        if token.type != "fence":
            continue
        kind, _, rest = token.info.partition(" ")
        line = (token.map or [0])[0] + 1
        if kind != "console":
            assert rest, f"{page}:{line}: a block that is no file: it would not be run"
            yield Block(line, token.content, file=rest)
            continue
        code = re.fullmatch(r"(?:exit=(\d))?", rest)
        assert code, f"{page}:{line}: {rest}"
        yield Block(line, token.content, exit_code=int(code[1] or 0))


def steps(text: str) -> Iterator[Step]:
    """Give the commands of a block."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, *prints = part.splitlines()
        yield Step(command, tuple(prints))


def installs(page: Path) -> list[str]:
    """Give the commands that install something."""
    commands = [s.command for b in blocks(page) if b.file is None for s in steps(b.text)]
    return [command for command in commands if command.startswith(INSTALLS)]


def follow(page: Path, folder: Path, environ: Mapping[str, str]) -> int:
    """Do what a page says in a folder, but for installing; give the number of commands that were run."""
    count = 0
    for block in blocks(page):
        if block.file is not None:
            path = folder / block.file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")
            continue
        todo = [step for step in steps(block.text) if not step.command.startswith(INSTALLS)]
        for step in todo:
            expected = block.exit_code if step is todo[-1] else 0
            _run(step, f"{page.name}:{block.line}", expected, folder, environ)
            count += 1
    return count


def _run(step: Step, where: str, expected: int, folder: Path, environ: Mapping[str, str]) -> None:
    done = subprocess.run(
        ["bash", "-c", step.command],
        cwd=folder,
        env=dict(environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    said = f"{where}: {step.command}\n{done.stdout}"
    assert done.returncode == expected, f"exit code {done.returncode}, not {expected}\n{said}"
    lines = iter(done.stdout.splitlines())
    for wanted in step.prints:
        pattern = re.sub(r"([*?\[])", r"[\1]", wanted).replace("…", "*")
        assert any(fnmatchcase(line, pattern) for line in lines), f"no line is {wanted!r}\n{said}"
