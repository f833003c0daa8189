"""What is loaded for a run is left out of collecting garbage; all else is collected as ever."""

from __future__ import annotations

from pathlib import Path

import pytest

LOOKS = """
import gc, weakref

class Knot:
    def __init__(self):
        self.itself = self

def test_garbage_of_tests_is_found():
    knot = weakref.ref(Knot())
    gc.collect()
    assert knot() is None

def test_state():
    print("frozen:", gc.get_freeze_count() > 0, "enabled:", gc.isenabled())
"""


def looked(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    result = pytester.runpytest_subprocess("-s", "test_looks.py", *args)
    result.assert_outcomes(passed=2)
    return result


def test_nothing_is_frozen_where_there_is_no_run(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_looks=LOOKS)
    looked(pytester).stdout.fnmatch_lines(["*frozen: False enabled: True*"])


def test_what_was_loaded_is_frozen_and_nothing_else(pytester: pytest.Pytester, suite: Path) -> None:
    pytester.makepyfile(test_looks=LOOKS)
    looked(pytester, "--llm-samples=2").stdout.fnmatch_lines(["*frozen: True enabled: True*"])


def test_a_collector_that_is_off_stays_off(pytester: pytest.Pytester, suite: Path) -> None:
    pytester.makepyfile(test_looks=LOOKS)
    pytester.makeconftest("import gc\ngc.disable()\n")
    looked(pytester, "--llm-samples=2").stdout.fnmatch_lines(["*frozen: True enabled: False*"])


def test_after_a_mistake_the_collector_is_on(pytester: pytest.Pytester, suite: Path) -> None:
    pytester.makeconftest(
        "import atexit, gc\natexit.register(lambda: print('enabled:', gc.isenabled(), flush=True))\n"
    )
    result = pytester.runpytest_subprocess("--llm-models=nobody-knows")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines(["enabled: True"])
