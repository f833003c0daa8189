"""The attacks again, as an ordinary user and, without namespaces, as root."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from other_users import NOBODY, needs_root, run_tests

TESTS = [Path(__file__).with_name(f"test_containment{language}.py") for language in ("", "_node")]
HANDED_ON = "LLMBENCH_TEST_ROWS"


@pytest.mark.slow
@needs_root
@pytest.mark.parametrize(("user", "args"), [(NOBODY, ()), (None, ("-k", "landlock"))], ids=["user", "root"])
def test_attacks_are_contained_for_others_too(
    user: int | None, args: tuple[str, ...], record: object
) -> None:
    with tempfile.NamedTemporaryFile(mode="r") as rows:
        Path(rows.name).chmod(0o666)
        run_tests(user, TESTS, *args, env={HANDED_ON: rows.name})
        found = [json.loads(line) for line in rows]
    assert len({attack for attack, _, _ in found}) > 30
    for attack, level, shown in found:
        record(attack, f"{level}, {'root' if user is None else 'user'}", shown=shown)  # type: ignore[operator]
