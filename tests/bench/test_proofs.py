"""Proofs that are kept: found again while nothing has changed, and not when anything has."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from doubling import GOOD, TASK

from pytest_llmbench.bench import proofs
from pytest_llmbench.bench.proofs import ProofCache
from pytest_llmbench.scoring.proof import Proof
from pytest_llmbench.scoring.scorecard import CheckPlan
from pytest_llmbench.tasks.build import build_task
from pytest_llmbench.tasks.task import Task

PROOF = Proof(plan=CheckPlan(checks=(("correctness", "doubles two", 1.0),)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "suite" / "double"
    (folder / "solutions").mkdir(parents=True)
    (folder / "test_double.py").write_text(f"import helping_out\n{TASK}\nUSED = helping_out.value\n")
    (folder / "solutions" / "reference.py").write_text(GOOD)
    (tmp_path / "helping_out.py").write_text("import helping_more\nvalue = helping_more.value\n")
    (tmp_path / "helping_more.py").write_text("value = 1\n")
    return folder


@pytest.fixture
def load(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Task]:
    monkeypatch.syspath_prepend(str(folder.parents[1]))

    def load_task() -> Task:
        path = folder / "test_double.py"
        spec = spec_from_file_location("test_double_kept", path)
        assert spec is not None
        assert spec.loader is not None
        module = module_from_spec(spec)
        for name in ("helping_out", "helping_more"):
            sys.modules.pop(name, None)
        spec.loader.exec_module(module)
        return build_task(module.test_double, path)

    return load_task


@pytest.fixture
def make_cache(tmp_path: Path) -> Callable[..., ProofCache]:
    def make(toolchain: str = "one") -> ProofCache:
        return ProofCache({"XDG_CACHE_HOME": str(tmp_path / "cache")}, lambda _: toolchain)

    return make


def test_a_proof_is_found_again(load: Callable[[], Task], make_cache: Callable[..., ProofCache]) -> None:
    assert make_cache().find(load(), "level") is None
    make_cache().keep(load(), "level", PROOF)
    found = make_cache().find(load(), "level")
    assert found == PROOF


@pytest.mark.parametrize(
    "name",
    [
        "suite/double/test_double.py",
        "suite/double/solutions/reference.py",
        "suite/double/solutions/faulty_new.py",
        "suite/double/harness.py",
        "suite/double/data.txt",
        "helping_out.py",
        "helping_more.py",
    ],
)
def test_a_change_of_any_file_counts(
    load: Callable[[], Task], make_cache: Callable[..., ProofCache], tmp_path: Path, name: str
) -> None:
    make_cache().keep(load(), "level", PROOF)
    path = tmp_path / name
    first = "" if "faulty" not in name else "# caught by: doubles two\n"
    path.write_text((path.read_text() if path.exists() else first) + "# changed\n")
    assert make_cache().find(load(), "level") is None


def test_another_toolchain_or_level_counts(
    load: Callable[[], Task], make_cache: Callable[..., ProofCache]
) -> None:
    make_cache().keep(load(), "level", PROOF)
    assert make_cache("two").find(load(), "level") is None
    assert make_cache().find(load(), "none") is None


def test_what_is_installed_counts_and_so_does_this_package(
    load: Callable[[], Task],
    make_cache: Callable[..., ProofCache],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    make_cache().keep(load(), "level", PROOF)
    site = tmp_path / "site"
    (site / "ruff-99.dist-info").mkdir(parents=True)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "path", [*sys.path, str(site)])
        assert make_cache().find(load(), "level") is None
    assert make_cache().find(load(), "level") == PROOF
    monkeypatch.setattr(proofs, "_OURS", tmp_path / "suite")
    assert make_cache().find(load(), "level") is None


def test_what_failed_is_not_kept(load: Callable[[], Task], make_cache: Callable[..., ProofCache]) -> None:
    make_cache().keep(load(), "level", Proof(plan=PROOF.plan, problems={"reference": "is wrong"}))
    assert make_cache().find(load(), "level") is None


def test_a_damaged_file_is_no_proof(
    load: Callable[[], Task], make_cache: Callable[..., ProofCache], tmp_path: Path
) -> None:
    make_cache().keep(load(), "level", PROOF)
    (path,) = (tmp_path / "cache" / "pytest-llmbench" / "proofs").iterdir()
    path.write_bytes(b"\xff{")
    assert make_cache().find(load(), "level") is None


def test_a_folder_that_cannot_be_written_is_no_trouble(
    load: Callable[[], Task], make_cache: Callable[..., ProofCache], tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file")
    make_cache().keep(load(), "level", PROOF)
    assert make_cache().find(load(), "level") is None
