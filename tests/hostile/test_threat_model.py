"""`docs/threat-model.md` names tests that exist, and its table lists the attacks that there are."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).parents[2]
PAGE = (PROJECT / "docs" / "threat-model.md").read_text(encoding="utf-8")
PROMISES = PAGE.partition("## Promises")[2].partition("\n## ")[0]
TABLE = PAGE.partition("## Attacks tried")[2]
ATTACKS = {path.stem for path in Path(__file__).with_name("attacks").glob("*.py")}


def test_each_promise_names_a_test_that_exists() -> None:
    rows = [line for line in PROMISES.splitlines() if line.startswith("| ")][2:]
    assert len(rows) > 15
    for row in rows:
        named = re.findall(r"`(tests/[\w/.]+)(?:::(\w+))?`", row)
        assert named, row
        for file, function in named:
            text = (PROJECT / file).read_text(encoding="utf-8")
            assert not function or f"def {function}(" in text, (file, function)


def test_the_table_lists_the_attacks_that_there_are() -> None:
    rows = {line.split("|")[1].strip(): line for line in TABLE.splitlines() if line.startswith("| ")}
    del rows["attack"], rows["---"]
    assert rows.keys() == ATTACKS
    for attack, row in rows.items():
        cells = [cell.strip() for cell in row.split("|")[2:-1]]
        assert cells[0] == "works", attack
        assert cells[1:] == ["contained"] * 4, attack


def test_the_attacks_on_the_judge_are_counted() -> None:
    folder = Path(__file__).with_name("judging")
    counts = [len(list((folder / language).iterdir())) for language in ("python", "node", "go")]
    assert "{} in Python, {} in JavaScript, {} in Go".format(*counts) in PAGE
