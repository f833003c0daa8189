"""Installed from the wheel: without a checkout, the suite runs by its name, and the authoring page works."""

from __future__ import annotations

import re
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from installed import ROOT, build_wheel, install
from tutorial import follow

Run = Callable[..., str]

SUITE = "--pyargs pytest_llmbench.suites"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def environ(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return install(wheel, tmp_path_factory.mktemp("installed") / "venv")


@pytest.fixture
def run(tmp_path: Path, environ: dict[str, str]) -> Run:
    """Run a command in an empty folder."""

    def in_folder(command: str, *, exit_code: int = 0) -> str:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == exit_code, done.stdout
        return done.stdout

    return in_folder


def test_the_wheel_holds_every_file(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    command = ["git", "ls-files", "pytest_llmbench", "task_suites"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    tracked = {name for name in told.splitlines() if (ROOT / name).is_file()}
    assert len(tracked) > 200
    wanted = {re.sub("^task_suites/", "pytest_llmbench/suites/", name) for name in tracked}
    assert not wanted - inside
    assert not [name for name in inside if "__pycache__" in name or "node_modules" in name]
    for ending in ("py.typed", ".toml", ".css", ".js", ".j2", ".mjs", ".json", "prompt.md", ".go", ".py.txt"):
        assert [name for name in inside if name.endswith(ending)], ending


def test_it_is_the_wheel_that_runs(run: Run, environ: dict[str, str]) -> None:
    where = Path(run("python -c 'import pytest_llmbench; print(pytest_llmbench.__file__)'").strip())
    assert where.is_relative_to(Path(environ["PATH"].split(":")[0]).parent)


def test_the_suite_is_found_by_its_name_and_proved(run: Run, tmp_path: Path) -> None:
    said = run(f"pytest {SUITE} -k flatten -v")
    assert "flatten/test_flatten.py::test_flatten[reference_recursive] PASSED" in said
    assert f"rootdir: {tmp_path}" in said
    assert {path.name for path in tmp_path.iterdir()} == {".pytest_cache"}


def test_the_suite_is_put_to_a_model_and_nothing_is_written_beside_it(
    run: Run, tmp_path: Path, environ: dict[str, str]
) -> None:
    home = Path(environ["PATH"].split(":")[0]).parent
    before = _files(home)
    (tmp_path / "llmbench.toml").write_text("samples = 1\npass_mark = 0\n")
    said = run(f"pytest {SUITE} -k flatten --llm-models=smollm2-135m --llm-json=out.json")
    assert "1 model, 1 task, 1 sample each" in said
    assert f"report: {tmp_path}/llmbench-report.html" in said
    assert {path.name for path in tmp_path.iterdir()} == {
        ".llmbench", ".pytest_cache", "llmbench.toml", "llmbench-report.html", "out.json",
    }  # fmt: skip
    assert _files(home) == before


def test_last_failed_finds_them_again(run: Run, tmp_path: Path) -> None:
    chosen = f"pytest {SUITE} -k flatten --llm-models=smollm2-135m --llm-samples=1 --llm-max-tokens=8"
    run(chosen, exit_code=1)
    assert "1 failed" in run(f"{chosen} --lf", exit_code=1)


def test_several_processes(run: Run) -> None:
    assert "9 passed" in run(f"pytest {SUITE} -k flatten -n2")


def test_the_page_on_authoring_works(tmp_path: Path, environ: dict[str, str]) -> None:
    assert follow(ROOT / "docs" / "authoring.md", tmp_path, environ) > 0
    assert (tmp_path / "llmbench-report.html").is_file()


def _files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
