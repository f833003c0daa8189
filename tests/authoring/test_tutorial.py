"""The page on authoring is run as it stands, from an empty folder."""

from __future__ import annotations

import os
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from tutorial import Block, blocks, follow, installs, steps

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "authoring.md"


@pytest.mark.slow
def test_every_step_works(tmp_path: Path) -> None:
    environ = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTEST_ADDOPTS": "-p no:randomly -p no:hypothesispytest",
        "COLUMNS": "200",
    }
    assert follow(PAGE, tmp_path, environ) == 14
    assert (tmp_path / "llmbench-report.html").is_file()


def test_what_it_installs_is_there_to_be_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = (ROOT / "requirements" / "embedded-model.txt").read_text()
    commands = installs(PAGE)
    assert len(commands) == 2
    for command in commands:
        requirement = Requirement(command.split()[-1].strip("'"))
        if requirement.name == project["name"]:
            assert requirement.extras <= set(project["optional-dependencies"])
        else:
            assert str(requirement) in pinned


def test_the_page_is_read_as_it_is_meant() -> None:
    found = list(blocks(PAGE))
    assert Block(found[0].line, found[0].text) == found[0]
    assert [step.command for step in steps(found[1].text)][-1] == "pytest top_words"
    assert {Path(block.file).suffix for block in found if block.file} >= {".py", ".md", ".mjs", ".ts", ".j2"}
    assert {block.exit_code for block in found} == {0, 1, 4}


def test_a_block_that_would_not_be_run_is_refused(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python\nx = 1\n```\n")
    with pytest.raises(AssertionError, match=r"page\.md:1: a block that is no file"):
        list(blocks(page))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("```console\n$ false\n```\n", "exit code 1, not 0"),
        ("```console exit=1\n$ true\n```\n", "exit code 0, not 1"),
        ("```console\n$ echo a; echo b\nb\na\n```\n", "no line is 'a'"),
    ],
)
def test_a_step_that_does_something_else_fails(tmp_path: Path, text: str, problem: str) -> None:
    page = tmp_path / "page.md"
    page.write_text(text)
    with pytest.raises(AssertionError, match=problem):
        follow(page, tmp_path, os.environ)
