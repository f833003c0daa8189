"""The mutation check: tiny tasks whose mutants are known, judged in the real sandbox."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from pytest_llmbench.errors import ToolchainMissing, UsageError
from pytest_llmbench.toolchains.javascript import prepare_javascript

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

PYTHON = """\
def double(n: int = 3) -> int:
    if n > 3:
        return n + n
    return 0
"""

PYTHON_TASK = """\
from pytest_llmbench import llm_task


@llm_task(title="Double", language="python", prompt="Double what is large.")
async def test_double(candidate, score):
    with score.correctness("doubles"):
        assert await candidate.call("double", 5) == 10
    with score.edge_case("gives nothing for nothing"):
        assert await candidate.call("double", 0) == 0
    with score.quality("is short"):
        assert len(candidate.code.splitlines()) < 5
"""

REPLY = """\
The size has a name.

```typescript
export function size(n: number): string {
  return n > 3 ? "big" : "small";
}
```
"""

REPLY_TASK = """\
from pytest_llmbench import llm_task


@llm_task(title="Size", language="typescript", prompt="Name the size.")
async def test_size(candidate, score):
    with score.correctness("says so"):
        assert candidate.prose.strip() == "The size has a name."
    with score.correctness("names sizes"):
        assert await candidate.call("size", 5) == "big"
        assert await candidate.call("size", 1) == "small"
"""


@pytest.fixture
def mutation(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    if not os.environ.get("CI"):
        pytest.importorskip("mutmut")
    import mutation

    return mutation


def write_task(folder, body, solution, text):
    (folder / "solutions").mkdir(parents=True)
    (folder / f"test_{folder.name}.py").write_text(body)
    (folder / "solutions" / solution).write_text(text)
    return folder


@pytest.fixture
def double(tmp_path):
    return write_task(tmp_path / "double", PYTHON_TASK, "reference.py", PYTHON)


def tried(mutation, folder, limit=0):
    task = mutation.load_task(folder)
    told = []
    with mutation.Range(told.append) as shooting:
        return shooting.try_reference(task, task.references[0], random.Random(0), limit), told


def test_python_mutants_are_killed_or_named(mutation, double):
    figures, told = tried(mutation, double)

    assert (figures.mutants, figures.not_compiling, figures.killed) == (5, 0, 2)
    assert [str(mutant) for mutant in figures.survivors] == [
        "1:21 Integer: 3 → 4",
        "2:9 ComparisonTarget: > 3 → >= 3",
        "2:12 Integer: 3 → 4",
    ]
    assert figures.ratio == 2 / 5
    assert "double reference 4/5: 3:16 BinaryOperation: n + n → n - n — doubles" in told
    assert mutation.show(figures).splitlines()[:2] == [
        "double reference: 5 mutants, 0 not compiling, 2 killed, 3 survived, 40.0%",
        "  1:21 Integer: 3 → 4",
    ]


def test_a_reply_keeps_its_prose_and_mutants_that_do_not_compile_do_not_count(mutation, tmp_path):
    try:
        prepare_javascript(os.environ)
    except ToolchainMissing as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    figures, told = tried(mutation, write_task(tmp_path / "size", REPLY_TASK, "reference.md", REPLY))

    assert [line for line in told if "not compiling" in line] == [
        'size reference 1/7: 1:41 BlockStatement: { return n > 3 ? "big" : "small"; } → {} — not compiling'
    ]
    assert [str(mutant) for mutant in figures.survivors] == ["2:10 EqualityOperator: n > 3 → n >= 3"]
    assert (figures.mutants, figures.not_compiling, figures.killed) == (7, 1, 5)
    assert figures.ratio == 5 / 6


def test_what_stands_among_operators_is_put_in_parentheses(mutation):
    import mutants

    made = mutants.make_mutants("export const f = (a, b, c) => a && b && c;\n", "javascript", os.environ)

    sources = [m.source for m in made if m.before == "a && b" and m.operator == "LogicalOperator"]
    assert sources == ["export const f = (a, b, c) => (a || b) && c;\n"]


def test_a_sample_is_the_same_each_time(mutation, double):
    first, _ = tried(mutation, double, limit=2)
    second, _ = tried(mutation, double, limit=2)

    assert first.mutants == 2
    assert first == second


def test_a_failed_check_ends_the_body(mutation, double):
    # Outside of checks, a wrong result would be taken for a fault of the author's.
    outside = '    assert await candidate.call("double", 5) == 10\n'
    (double / "test_double.py").write_text(PYTHON_TASK + outside)

    figures, _ = tried(mutation, double)

    assert figures.killed == 2


def test_a_reference_that_fails_as_it_is_is_told(mutation, double):
    (double / "test_double.py").write_text(PYTHON_TASK.replace("== 10", "== 11"))

    with pytest.raises(UsageError, match=r"double: reference: correctness is 1\.0"):
        tried(mutation, double)


def test_a_language_without_a_library_is_refused(mutation):
    import mutants

    with pytest.raises(UsageError, match="mutants of Go"):
        mutants.make_mutants("package main\n", "go", os.environ)


def test_a_folder_without_a_task_is_named(mutation, tmp_path):
    with pytest.raises(UsageError, match=r"test_none\.py is not there"):
        mutation.load_task(tmp_path / "none")
