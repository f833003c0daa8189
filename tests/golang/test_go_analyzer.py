"""The Go analyzer: what findings cost, and what documentation is worth."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.errors import CandidateCrash
from pytest_llmbench.sandbox.golang.workshop import (
    CommentGroup,
    Declaration,
    Inspection,
    Problem,
)
from pytest_llmbench.scoring.analyzers.base import Analysis
from pytest_llmbench.scoring.analyzers.go import GoAnalyzer
from pytest_llmbench.scoring.analyzers.go_weights import DEFAULT_GO_WEIGHTS

SERVER = Declaration(
    name="server",
    kind="type",
    line=5,
    doc="server answers questions about trains from a timetable.\n",
    words=("server",),
)
RUN = Declaration(
    name="run",
    kind="function",
    line=10,
    doc="run listens on a port until the machine is switched off.\n",
    statements=12,
    words=("run",),
)
GOOD = Inspection(
    code_lines=40,
    package_doc="Command trains tells when the next one leaves.\n",
    declarations=(SERVER, RUN),
    names=("server", "run"),
)


class Told:
    """Stands for the tools, and says what it was told to say."""

    def __init__(self, inspection: Inspection | Exception) -> None:
        self._inspection = inspection

    async def inspect(self, code: str, names: Sequence[str] = ()) -> Inspection:
        assert isinstance(code, str)
        if isinstance(self._inspection, Exception):
            raise self._inspection
        return self._inspection


def analyzed(inspection: Inspection | Exception, code: str = "package main\n", **more: Any) -> Analysis:
    answer = Answer(code=code, found=more.pop("found", "tagged_fence"))
    return asyncio.run(GoAnalyzer(Told(inspection)).analyze(answer, **more))


def having(**parts: object) -> Inspection:
    return GOOD.model_copy(update=parts)


def problem(tool: str, rule: str, message: str = "…") -> Problem:
    return Problem(tool=tool, rule=rule, line=3, message=message)


def test_what_is_good_loses_nothing() -> None:
    found = analyzed(GOOD)
    assert (found.quality, found.documentation, found.findings) == (10, 10, ())


@pytest.mark.parametrize(
    ("parts", "rule", "points"),
    [
        ({"problems": (problem("vet", "printf"),)}, "vet:printf", 0.8),
        ({"problems": (problem("vet", "copylocks"),)}, "vet:copylocks", 2.0),
        ({"problems": (problem("fix", "any"),)}, "fix:any", 0.1),
        ({"problems": (problem("fix", "forvar"),)}, "fix:forvar", 0.3),
        ({"problems": (problem("check", "unchecked-error"),)}, "unchecked-error", 0.7),
        ({"problems": (problem("check", "deadlock"),)}, "deadlock", 2.5),
        ({"problems": (problem("types", "compile"),)}, "compile-error", 6.0),
        ({"problems": (problem("compile", "compile"),)}, "compile-error", 6.0),
        ({"unformatted": (3, 4)}, "gofmt", 0.4),
        (
            {"comments": (CommentGroup(line=3, lines=("Return the error",), code="return err"),)},
            "restating-comment",
            0.2,
        ),
    ],
)
def test_what_findings_cost(parts: dict[str, object], rule: str, points: float) -> None:
    found = analyzed(having(**parts))
    assert [(f.axis, f.rule, f.points) for f in found.findings] == [("quality", rule, -points)]
    assert found.quality == round(10 - points, 2)
    assert found.documentation == 10


def test_each_rule_has_a_cap() -> None:
    for tool, rule in (("vet", "printf"), ("check", "unused"), ("fix", "any"), ("check", "global-state")):
        found = analyzed(having(problems=(problem(tool, rule),) * 50))
        weight = DEFAULT_GO_WEIGHTS.of(rule if tool == "check" else f"{tool}:{rule}")
        assert weight is not None
        assert found.quality == pytest.approx(10 - weight.cap, abs=0.01)


def test_code_in_no_block_costs() -> None:
    assert [f.rule for f in analyzed(GOOD, found="bare").findings] == ["no-code-fence"]


@pytest.mark.parametrize(
    ("inspection", "rule"),
    [
        (Inspection(problems=(problem("parse", "syntax"),)), "syntax-error"),
        (Inspection(code_lines=1), "no-declaration"),
        (CandidateCrash("it took too much"), "too-much"),
    ],
)
def test_what_cannot_be_read_has_the_lowest_score(inspection: Inspection | Exception, rule: str) -> None:
    found = analyzed(inspection)
    assert (found.quality, found.documentation) == (1, 1)
    assert {f.rule for f in found.findings} == {rule}


def test_a_reply_that_was_cut_off_is_told() -> None:
    found = analyzed(Inspection(problems=(problem("parse", "syntax"),)), cut_off=True)
    assert "cut off" in found.findings[0].message


# ---- documentation ----


def test_a_declaration_without_a_word_costs_by_its_size() -> None:
    lost = {}
    for silent in ("server", "run"):
        declarations = tuple(
            d.model_copy(update={"doc": ""}) if d.name == silent else d for d in GOOD.declarations
        )
        found = analyzed(having(declarations=declarations))
        assert [(f.rule, f.message) for f in found.findings] == [("undocumented", f"{silent} has no comment")]
        lost[silent] = 10 - (found.documentation or 0)
    assert 0 < lost["server"] < lost["run"]


def test_without_any_comment_little_is_left() -> None:
    silent = tuple(d.model_copy(update={"doc": ""}) for d in GOOD.declarations)
    assert analyzed(having(declarations=silent, package_doc="")).documentation == 1


@pytest.mark.parametrize("doc", ["server is the server.", "server.", "A server for the server's server."])
def test_to_repeat_the_name_tells_nothing(doc: str) -> None:
    repeated = (SERVER.model_copy(update={"doc": doc}), RUN)
    silent = (SERVER.model_copy(update={"doc": ""}), RUN)
    assert (
        analyzed(having(declarations=repeated)).documentation
        == analyzed(having(declarations=silent)).documentation
    )


def test_small_helpers_and_main_explain_themselves() -> None:
    small = Declaration(name="add", kind="function", line=9, doc="", statements=2, words=("add",))
    main = Declaration(name="main", kind="function", line=9, doc="", statements=30, words=("main",))
    assert analyzed(having(declarations=(*GOOD.declarations, small, main))).documentation == 10


def test_an_exported_name_does_not() -> None:
    exported = Declaration(name="Add", kind="function", line=9, doc="", statements=2, words=("Add",))
    assert (analyzed(having(declarations=(*GOOD.declarations, exported))).documentation or 0) < 10


def test_variables_that_are_read_want_a_word() -> None:
    code = 'package main\n\nvar a, b = os.Getenv("PORT"), os.Getenv("TOKEN")\n'
    found = analyzed(having(package_doc="Command trains listens on PORT, for trains.\n"), code)
    assert [(f.rule, f.line) for f in found.findings] == [("environment", 3)]
    assert "TOKEN" in found.findings[0].message


def test_praise_costs() -> None:
    praised = SERVER.model_copy(update={"doc": SERVER.doc + "It is robust, elegant and enterprise grade.\n"})
    found = analyzed(having(declarations=(praised, RUN)))
    assert [f.rule for f in found.findings] == ["praise"]


def test_every_weight_has_a_reason() -> None:
    assert all(weight.why for weight in DEFAULT_GO_WEIGHTS.rules.values())
    assert all(
        w.group is None or w.group in DEFAULT_GO_WEIGHTS.group_caps for w in DEFAULT_GO_WEIGHTS.rules.values()
    )
