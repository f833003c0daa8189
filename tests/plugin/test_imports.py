"""Modules are imported without pytest's own loader, a library beside them, and nothing of it stays behind."""

from __future__ import annotations

import subprocess
import sys
import threading
from importlib.machinery import SourceFileLoader

import pytest

import pytest_llmbench
from pytest_llmbench.plugin.beside import import_beside
from pytest_llmbench.plugin.plain_imports import PlainImports


def test_only_modules_without_tests_are_found() -> None:
    path, finder = list(pytest_llmbench.__path__), PlainImports()
    found = finder.find_spec("pytest_llmbench.values", path)
    assert found is not None
    assert isinstance(found.loader, SourceFileLoader)
    assert finder.find_spec("pytest_llmbench.suites", path) is None
    assert finder.find_spec("pytest_llmbench.suites.backend", path) is None
    assert finder.find_spec("pytest_llmbenches", None) is None
    assert finder.find_spec("json", None) is None


@pytest.mark.usefixtures("suite")
def test_nothing_of_it_is_left_after_the_session(pytester: pytest.Pytester) -> None:
    before = list(sys.meta_path)
    pytester.runpytest("suite").assert_outcomes(passed=2)
    assert sys.meta_path == before


def test_a_library_that_is_not_there_is_for_whoever_needs_it_to_tell(
    capfd: pytest.CaptureFixture[str],
) -> None:
    import_beside("no_such_library_anywhere")
    for thread in threading.enumerate():
        if thread.name == "llmbench-import":
            thread.join(10)
    assert capfd.readouterr() == ("", "")


def test_a_module_is_there_once_it_is_imported_as_well() -> None:
    code = (
        "from pytest_llmbench.plugin.beside import import_beside;"
        "import_beside('xml.dom.minidom');"
        "import xml.dom.minidom; print(xml.dom.minidom.parseString('<a/>').documentElement.tagName)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "a\n"
