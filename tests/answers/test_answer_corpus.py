"""Every labelled reply, and where in it the answer stands: checked by eye against the files."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from pytest_llmbench.answers.extract import extract
from pytest_llmbench.answers.names import survey
from pytest_llmbench.answers.tags import blocks_of

CORPUS = Path(__file__).parent.parent / "corpus"

TASKS = {
    "async_race": ("javascript", ("loadReport", "loadAll")),
    "dijkstra": ("typescript", ("shortestPath",)),
    "express_users": ("javascript", ("createApp",)),
    "flatten": ("python", ("flatten",)),
    "go_review": ("go", ("newServer",)),
}

# How the code was found, its first line in the file, and how many lines it has.
EXPECTED = [
    ("async_race/a01", "tagged_fence", 14, 16),
    ("async_race/a02", "tagged_fence", 15, 30),
    ("async_race/a03", "tagged_fence", 12, 28),
    ("async_race/a04", "tagged_fence", 27, 15),
    ("async_race/a05", "tagged_fence", 20, 161),
    ("async_race/a06", "tagged_fence", 4, 33),
    ("async_race/a07", "tagged_fence", 2, 7),
    ("async_race/a08", "tagged_fence", 10, 13),
    ("async_race/a09", "tagged_fence", 10, 16),
    ("async_race/a10", "tagged_fence", 4, 25),
    ("async_race/a11", "tagged_fence", 15, 32),
    ("dijkstra/a01", "tagged_fence", 4, 90),
    ("dijkstra/a02", "tagged_fence", 4, 105),
    ("dijkstra/a03", "tagged_fence", 2, 98),
    ("dijkstra/a04", "tagged_fence", 6, 91),
    ("dijkstra/a05", "tagged_fence", 8, 113),
    ("dijkstra/a06", "tagged_fence", 4, 79),
    ("dijkstra/a07", "tagged_fence", 4, 108),
    ("dijkstra/a08", "tagged_fence", 4, 103),
    ("dijkstra/a09", "tagged_fence", 6, 387),
    ("dijkstra/a10", "tagged_fence", 2, 38),
    ("dijkstra/a11", "tagged_fence", 4, 125),
    ("express_users/a01", "tagged_fence", 8, 64),
    ("express_users/a02", "other_fence", 4, 85),
    ("express_users/a03", "tagged_fence", 4, 82),
    ("express_users/a04", "tagged_fence", 2, 89),
    ("express_users/a05", "tagged_fence", 2, 62),
    ("express_users/a06", "tagged_fence", 6, 325),
    ("express_users/a07", "tagged_fence", 4, 65),
    ("express_users/a08", "tagged_fence", 4, 63),
    ("express_users/a09", "tagged_fence", 2, 12),
    ("express_users/a10", "tagged_fence", 4, 73),
    ("express_users/a11", "tagged_fence", 6, 65),
    ("flatten/a01", "tagged_fence", 4, 29),
    ("flatten/a02", "tagged_fence", 2, 2),
    ("flatten/a03", "tagged_fence", 8, 17),
    ("flatten/a04", "bare", 3, 19),
    ("flatten/a05", "tagged_fence", 2, 24),
    ("flatten/a06", "tagged_fence", 4, 50),
    ("flatten/a07", "tagged_fence", 4, 20),
    ("flatten/a08", "tagged_fence", 4, 28),
    ("flatten/a09", "tagged_fence", 6, 114),
    ("flatten/a10", "tagged_fence", 4, 23),
    ("flatten/a11", "tagged_fence", 2, 55),
    ("go_review/a01", "tagged_fence", 125, 250),
    ("go_review/a02", "tagged_fence", 33, 380),
    ("go_review/a03", "tagged_fence", 134, 390),
    ("go_review/a04", "tagged_fence", 113, 246),
    ("go_review/a05", "tagged_fence", 29, 246),
    ("go_review/a06", "tagged_fence", 97, 243),
    ("go_review/a07", "tagged_fence", 16, 236),
    ("go_review/a08", "tagged_fence", 151, 348),
    ("go_review/a09", "tagged_fence", 116, 248),
    ("go_review/a10", "tagged_fence", 123, 248),
    ("go_review/a11", "tagged_fence", 27, 256),
]

# Replies that are unusual, and how the answer says so.
NOTED = {
    "dijkstra/a06": ("cut off",),
    "express_users/a02": ("the fence is tagged 'typescript'",),
    "flatten/a04": ("code without a fence",),
}


def read(name):
    path = CORPUS / f"{name}.md"
    label = tomllib.loads(path.with_suffix(".toml").read_text(encoding="utf-8"))
    return path.read_text(encoding="utf-8"), label


def answer_to(name):
    reply, label = read(name)
    language, names = TASKS[name.partition("/")[0]]
    return extract(reply, language=language, names=names, truncated=label["finish_reason"] == "length")


def test_the_table_has_every_reply():
    files = {f"{path.parent.name}/{path.stem}" for path in CORPUS.glob("*/*.md")}
    assert files == {name for name, *_ in EXPECTED}


@pytest.mark.parametrize(("name", "found", "first", "count"), EXPECTED, ids=[row[0] for row in EXPECTED])
def test_the_code_that_is_taken(name, found, first, count):
    answer = answer_to(name)
    lines = read(name)[0].split("\n")[first - 1 : first - 1 + count]
    assert answer.code == "\n".join(lines) + "\n"
    assert answer.found == found
    assert answer.notes == NOTED.get(name, ())


@pytest.mark.parametrize("name", [row[0] for row in EXPECTED])
def test_the_code_defines_the_needed_names(name):
    language, names = TASKS[name.partition("/")[0]]
    assert set(names) <= survey(answer_to(name).code, language).defines


@pytest.mark.parametrize("name", [row[0] for row in EXPECTED])
def test_the_prose_is_the_reply_without_code_and_reasoning(name):
    prose, code = answer_to(name).prose, answer_to(name).code
    reply = read(name)[0].partition("</think>")[2] or read(name)[0]
    assert "```" not in prose
    assert "think>" not in prose
    assert set(prose.split("\n")) <= {*reply.split("\n"), ""}
    longest = max(code.split("\n"), key=len)
    assert longest not in prose


def test_a_reply_that_is_code_alone_has_no_prose():
    assert answer_to("flatten/a02").prose == ""


def test_prose_keeps_its_inline_code():
    assert (
        "`_walk` is a recursive generator, `flatten` turns it into a list." in answer_to("flatten/a03").prose
    )


def test_code_without_a_fence_is_no_part_of_the_prose():
    prose = answer_to("flatten/a04").prose
    assert prose.startswith("Here is the module.")
    assert prose.endswith('gives [1, 2, 3, "abc"].')
    assert "def flatten" not in prose
    assert answer_to("flatten/a04").blocks == ()


def test_only_the_cut_off_reply_has_an_open_block():
    still_open = {name for name, *_ in EXPECTED if not all(b.closed for b in answer_to(name).blocks)}
    assert still_open == {"dijkstra/a06"}


@pytest.mark.parametrize("name", [row[0] for row in EXPECTED if row[0].startswith("go_review")])
def test_a_review_has_its_findings_as_a_json_block(name):
    answer = answer_to(name)
    (findings,) = blocks_of(answer, "json")
    assert [block.language for block in answer.blocks] == ["json", "go"]
    assert findings.code.startswith("[")
    assert findings.code.endswith("]\n")
