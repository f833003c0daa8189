from __future__ import annotations

import pytest

from pytest_llmbench import llm_task
from pytest_llmbench.tasks.decorator import ATTRIBUTE, Declaration


def declare(**arguments) -> Declaration:
    async def test_it(candidate, score): ...

    given = {"title": "It", "language": "python", "prompt": "Write it.", **arguments}
    return getattr(llm_task(**given)(test_it), ATTRIBUTE)


def test_the_function_comes_back_as_it_is():
    async def test_it(candidate, score): ...

    assert llm_task(title="It", language="python", prompt="Write it.")(test_it) is test_it


def test_a_right_declaration_has_no_problem():
    declaration = declare(
        files={"code": "code.py"},
        variables={"n": 3},
        names=["f"],
        tags=["hard"],
        max_tokens=100,
        cpu_s=0.5,
        call_timeout_s=2,
        memory_mb=64,
    )
    assert declaration.problems == ()
    assert declaration.arguments["names"] == ("f",)


def test_limits_stand_by_themselves_or_together():
    limits = {"processes": 8, "open_files": 32, "file_mb": 1, "tmp_mb": 2, "output_kb": 4, "cpu_s": 1.5}
    declaration = declare(memory_mb=64, limits=limits)
    assert declaration.problems == ()
    assert declaration.arguments["limits"] == {**limits, "memory_mb": 64}


def test_one_word_may_stand_alone():
    arguments = declare(names="flatten", tags="hard").arguments
    assert (arguments["names"], arguments["tags"]) == (("flatten",), ("hard",))


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"lang": "python"}, "unknown argument 'lang'; did you mean 'language'?"),
        ({"zzz": 1}, "unknown argument 'zzz'; it takes title, language"),
        ({"language": "rust"}, "language='rust': one of python, javascript, typescript, go is needed"),
        ({"title": " "}, "title=' ': a text is needed"),
        ({"prompt": None}, "prompt=None: a text is needed"),
        ({"max_tokens": 0}, "max_tokens=0: a whole number above 0 is needed"),
        ({"max_tokens": 1.5}, "max_tokens=1.5: a whole number above 0 is needed"),
        ({"memory_mb": True}, "memory_mb=True: a whole number above 0 is needed"),
        ({"cpu_s": -1}, "cpu_s=-1: a number above 0 is needed"),
        ({"cpu_s": float("nan")}, "cpu_s=nan: a number above 0 is needed"),
        ({"call_timeout_s": float("inf")}, "call_timeout_s=inf: a number above 0 is needed"),
        ({"call_timeout_s": "1"}, "call_timeout_s='1': a number above 0 is needed"),
        ({"limits": {"procs": 3}}, "limits: unknown key 'procs'; did you mean 'processes'?"),
        ({"limits": {"zzz": 3}}, "limits: unknown key 'zzz'; it takes cpu_s, call_timeout_s, memory_mb"),
        ({"limits": {"processes": 0}}, "processes=0: a whole number above 0 is needed"),
        ({"limits": {"tmp_mb": "8"}}, "tmp_mb='8': a whole number above 0 is needed"),
        ({"limits": 3}, "limits=3: names with their values are needed, as a dict"),
        ({"limits": {"cpu_s": 3}, "cpu_s": 2}, "cpu_s is given twice: once by itself, once in limits"),
        ({"files": ["a.py"]}, "files=['a.py']: names with their values are needed, as a dict"),
        ({"tags": [1]}, "tags=(1,): texts are needed"),
        ({"names": [""]}, "names=('',): texts are needed"),
    ],
)
def test_a_mistake_is_kept_for_collection(arguments, problem):
    (found,) = declare(**arguments).problems
    assert found.startswith(problem)


def test_all_mistakes_are_told_at_once():
    assert len(declare(lang="x", language="rust", max_tokens=-1).problems) == 3
