from __future__ import annotations

import subprocess
import sys

from pytest_llmbench.scoring.analyzers.python import PythonAnalyzer
from pytest_llmbench.scoring.analyzers.registry import analyzer_for, versions


def test_python_has_an_analyzer():
    assert isinstance(analyzer_for("python"), PythonAnalyzer)


def test_a_language_without_one_has_none():
    assert analyzer_for("go") is None


def test_the_releases_that_scores_depend_on_are_told():
    found = versions()
    assert set(found) >= {"ruff", "ty", "tree-sitter", "tree-sitter-python"}
    assert all(release[0].isdigit() for release in found.values())


def test_a_language_is_imported_when_it_is_asked_for():
    code = (
        "import sys; import pytest_llmbench.scoring.analyzers.registry as r;"
        "assert not any('tree_sitter' in name or name.endswith('analyzers.python') for name in sys.modules);"
        "r.analyzer_for('go'); assert 'pytest_llmbench.scoring.analyzers.python' not in sys.modules;"
        "r.analyzer_for('python'); assert 'pytest_llmbench.scoring.analyzers.python' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
