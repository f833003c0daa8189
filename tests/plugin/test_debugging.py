"""`--pdb` lands in the body, at the check that failed, with its locals."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest


def test_pdb_lands_in_the_body(pytester: pytest.Pytester, suite: Path) -> None:
    path = suite / "solutions" / "faulty_plus.py"
    path.write_text(path.read_text().replace("doubles seven", "doubles two"))
    result = pytester.run(
        sys.executable, "-m", "pytest", "suite", "-k", "faulty", "--pdb", stdin=b"p 'here:', score\nc\n"
    )
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(
        [
            "*test_double.py(9)test_double()",
            '-> assert await candidate.call("double", 7) == 14',
            "*'here:', <*Score*",
        ]
    )
