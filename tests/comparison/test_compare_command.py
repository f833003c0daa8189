"""`python -m pytest_llmbench compare A B`, on files."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from made_up_pairs import run_of

from pytest_llmbench.__main__ import main
from pytest_llmbench.report.json_file import write_json

GOOD, BAD = [9.0, 8.5, 9.2, 8.8, 9.1, 8.7], [4.0, 3.5, 4.2, 3.8, 4.1, 3.7]
Save = Callable[..., str]


@pytest.fixture
def save(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Save:
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)

    def save_run(name: str, totals: list[float | None], model: str = "m") -> str:
        write_json(tmp_path / name, run_of({model: {"flatten": totals, "other": GOOD}}, run=name))
        return name

    return save_run


def test_without_a_gate_it_says_what_changed(save: Save, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", save("a.json", GOOD), save("b.json", BAD)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert out[0].startswith("compared with a.json (2026-11-23 00:00")
    assert out[1].startswith("  m: worse: score 8.88 → 6.38")
    assert out[2].startswith("    flatten: worse: score 8.88 → 3.88")
    assert not any(line.startswith(("gate", "::")) for line in out)


@pytest.mark.parametrize(
    ("rules", "after", "code"),
    [
        (["score:0.5"], BAD, 1),
        (["score:0.5"], GOOD, 0),
        (["other/score:0.5", "flatten/score:9"], BAD, 0),
        (["other/score:0.5", "flatten/score:1"], BAD, 1),
        (["score:0.5"], [*GOOD[:-1], None], 6),
    ],
)
def test_exit_codes(save: Save, rules: list[str], after: list[float | None], code: int) -> None:
    files = save("a.json", GOOD), save("b.json", after)
    assert main(["compare", *files, *(f"--fail={rule}" for rule in rules)]) == code


def test_inconclusive_can_be_let_pass(save: Save) -> None:
    files = save("a.json", GOOD), save("b.json", [*GOOD[:-1], None])
    assert main(["compare", *files, "--fail=score:0.5", "--inconclusive=0"]) == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["a.json", "no.json"], "no.json: there is no such file"),
        (["a.json", "b.json", "--fail=scores:1"], "--fail='scores:1': no measure 'scores'; did you mean"),
        (["a.json", "b.json", "--fail=flaten/score:1"], "no task flaten; there are flatten and other"),
        (["a.json", "x.json"], "a.json and x.json have no model in common"),
        (["a.json", "bad.json"], "bad.json is not a run's JSON file"),
    ],
)
def test_mistakes(save: Save, arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    save("a.json", GOOD)
    save("b.json", GOOD)
    save("x.json", GOOD, "x")
    Path("bad.json").write_text("{}")
    assert main(["compare", *arguments]) == 4
    captured = capsys.readouterr()
    assert told in captured.err
    assert captured.err.count("\n") == 1
    assert not captured.out


def test_github_gets_annotations_and_a_summary(
    save: Save, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "step.md")
    Path("step.md").write_text("before\n")
    files = save("a.json", GOOD), save("b.json", BAD)
    assert main(["compare", *files, "--fail=score:0.5", "--markdown=out/sum.md"]) == 1
    assert "\n::error title=score%3A0.5 is red::m: score 8.88 → 6.38" in capsys.readouterr().out
    assert Path("step.md").read_text() == "before\n" + Path("out/sum.md").read_text()
    assert Path("out/sum.md").read_text().startswith("### 🔴 gate: red\n")


def test_without_scipy_one_line_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "import importlib.util as u; real = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'scipy' else real(name, *rest)\n"
        "from pytest_llmbench.__main__ import main; sys.exit(main(['compare', 'a', 'b']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert done.returncode == 4
    assert done.stderr == (
        "ERROR: comparing runs needs scipy; install it by: pip install 'pytest-llmbench[compare]'\n"
    )


def test_nothing_heavy_is_imported_for_other_commands() -> None:
    imports = "pytest_llmbench.__main__, pytest_llmbench.commands.compare"
    code = f"import sys, {imports}; print('scipy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
