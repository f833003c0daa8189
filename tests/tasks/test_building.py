from __future__ import annotations

import importlib.util
from textwrap import dedent

import pytest

from pytest_llmbench.errors import TaskError
from pytest_llmbench.tasks.build import build_task

BODY = """
from pytest_llmbench import llm_task


@llm_task(title="Double", language="python", prompt="Write double.")
async def test_double(candidate, score):
    with score.correctness("doubles"):
        assert await candidate.call("double", 2) == 4
    with score.edge_case("keeps"):
        assert (await candidate.observe("double", 2)).arguments == (await candidate.call("keep", 1),)
"""


@pytest.fixture
def build(tmp_path):
    """Write a task's file into a suite's folder, import it, and build what is in it."""

    def do(text=BODY, *, name="test_double", folder="suite/double"):
        path = tmp_path / folder / "test_task.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
        spec = importlib.util.spec_from_file_location("made_up_task", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return build_task(getattr(module, name), path)

    return do


def test_a_task_is_named_by_its_function_and_its_suite_by_the_folder(build):
    task = build()
    assert (task.id, task.title, task.suite, task.prompt) == ("double", "Double", "suite", "Write double.")
    assert (task.max_tokens, task.limits.cpu_s, task.limits.call_timeout_s) == (4096, 10, 10)


def test_limits_are_the_authors(build):
    text = BODY.replace('language="python"', 'language="python", max_tokens=8192, cpu_s=2, memory_mb=64')
    task = build(text)
    assert (task.max_tokens, task.limits.cpu_s, task.limits.memory_mb) == (8192, 2, 64)


def test_the_names_are_those_that_the_body_calls(build):
    assert build().names == ("double", "keep")


def test_the_author_can_name_others(build):
    assert build(BODY.replace('language="python"', 'language="python", names=["Doubler"]')).names == (
        "Doubler",
    )


def test_with_a_harness_the_names_are_not_known(build, tmp_path):
    (tmp_path / "suite" / "double").mkdir(parents=True)
    (tmp_path / "suite" / "double" / "harness.py").write_text("def call(x): return double(x)\n")
    task = build()
    assert (task.names, task.harness) == ((), "def call(x): return double(x)\n")


def test_solutions_are_found_beside_it(build, tmp_path):
    (tmp_path / "suite" / "double" / "solutions").mkdir(parents=True)
    (tmp_path / "suite" / "double" / "solutions" / "reference.py").write_text("def double(x): return 2 * x\n")
    task = build()
    assert [solution.name for solution in task.references] == ["reference"]


@pytest.mark.parametrize(
    ("signature", "message"),
    [
        ("async def test_double(candidate, score, tmp_path)", "asks for 'tmp_path'"),
        ("async def test_double(self, candidate, score)", "asks for 'self'"),
        ("async def test_double(score, candidate)", r"takes \(score, candidate\)"),
        ("async def test_double()", r"takes \(\)"),
        ("def test_double(candidate, score)", "write 'async def'"),
    ],
)
def test_a_body_takes_candidate_and_score(build, signature, message):
    text = f"""
        from pytest_llmbench import llm_task

        @llm_task(title="Double", language="python", prompt="Write double.")
        {signature}:
            ...
        """
    with pytest.raises(TaskError, match=message):
        build(text)


def test_mistakes_of_the_declaration_are_told_together(build):
    with pytest.raises(TaskError, match=r"unknown argument 'promt'.*; language='perl'"):
        build(BODY.replace('language="python"', 'language="perl", promt="x"'))


@pytest.mark.parametrize(
    "change",
    [
        ("Write double.", "Write double!"),
        ("== 4", "== 5"),
        ('language="python"', 'language="python", max_tokens=1'),
        ('language="python"', 'language="python", names=["a"]'),
    ],
)
def test_the_hash_changes_with_what_is_asked_and_how_it_is_judged(build, change):
    before = build().hash
    assert build(BODY.replace(*change)).hash != before


def test_the_hash_does_not_change_with_solutions_or_place(build, tmp_path):
    before = build().hash
    folder = tmp_path / "elsewhere" / "double" / "solutions"
    folder.mkdir(parents=True)
    (folder / "reference.py").write_text("x = 1\n")
    assert build(folder="elsewhere/double").hash == before


def test_the_hash_changes_with_the_harness(build, tmp_path):
    before = build(BODY.replace('language="python"', 'language="python", names=["a"]')).hash
    (tmp_path / "suite" / "double" / "harness.py").write_text("x = 1\n")
    assert build(BODY.replace('language="python"', 'language="python", names=["a"]')).hash != before
