"""The analyzer as a whole: against labelled answers, against tricks, against hostile code."""

from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labelled import AXES, SETS, SNAPSHOT, analyses, current_scores, labelled

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.answers.extract import extract
from pytest_llmbench.errors import SandboxError
from pytest_llmbench.scoring.analyzers.python import MAX_DEPTH, PythonAnalyzer
from pytest_llmbench.scoring.analyzers.ruff import Ruff

NEAR = 0.5

PLAIN = '''\
from typing import Any


def flatten(nested: list[Any]) -> list[Any]:
    """Flatten a nested list recursively.

    Args:
        nested: A list whose items may be lists, to any depth.

    Returns:
        A new list of the items in their original order.
    """
    result: list[Any] = []
    for item in nested:
        if isinstance(item, list):
            result.extend(flatten(item))
        else:
            result.append(item)
    return result
'''


def analyze(code, *, found="given", names=("flatten",), **more):
    answer = Answer(code=code, found=found)
    return asyncio.run(PythonAnalyzer().analyze(answer, names=names, **more))


def rules(analysis, axis="quality"):
    return [finding.rule for finding in analysis.findings if finding.axis == axis]


@pytest.mark.parametrize(
    ("folder", "in_range", "near"), [*zip(SETS, (0.75, 0.9, 0.75, 0.75), (0.95, 1, 1, 0.95), strict=True)]
)
def test_scores_agree_with_the_labels(folder, in_range, near):
    """Where this falls, look at the answers before the weights: a label is a judgement too."""
    judged = asyncio.run(analyses(folder)).values()
    off = [one.off(axis, getattr(analysis, axis)) for one, analysis in judged for axis in AXES]
    assert sum(distance == 0 for distance in off) >= in_range * len(off)
    assert sum(distance <= NEAR for distance in off) >= near * len(off)


def test_the_scores_of_all_labelled_answers_are_as_they_were():
    """After a change that is meant: python tests/support/labelled.py, and look at the difference."""
    now, before = asyncio.run(current_scores()), json.loads(SNAPSHOT.read_text("utf-8"))
    if now["versions"] == before["versions"]:
        assert now["scores"] == before["scores"]
        return
    for folder, answers in before["scores"].items():
        for name, axes in answers.items():
            assert now["scores"][folder][name] == pytest.approx(axes, abs=NEAR), (folder, name)


def test_the_same_answer_scores_the_same_however_many_are_judged_at_once():
    async def together():
        analyzer = PythonAnalyzer()
        answers = [extract(one.reply, language="python", names=one.names) for one in labelled(SETS[0])]
        alone = [await analyzer.analyze(answer) for answer in answers]
        return alone, list(await asyncio.gather(*map(analyzer.analyze, answers)))

    alone, at_once = asyncio.run(together())
    assert alone == at_once


def test_points_add_up_to_the_score():
    for one, analysis in asyncio.run(analyses(SETS[1])).values():
        for axis in AXES:
            lost = sum(finding.points for finding in analysis.findings if finding.axis == axis)
            assert getattr(analysis, axis) == pytest.approx(max(1, 10 + lost)), one.name


PRAISE = "A robust, elegant, production-ready solution of the highest quality."
TAGS = "Tags: recursion, lists, strings, bytes, tuples, depth, order, O(n), copies, edge, docs."
PRIVATE_HELPER = '''

def _check(value: Any) -> bool:
    """Check."""
    return bool(value)
'''
PUBLIC_HELPER = '''

def is_flat(items: list[Any]) -> bool:
    """Tell whether no item is a list."""
    return not any(isinstance(i, list) for i in items)
'''
WRAPPER = '''

class Flattener:
    """Flattens."""

    def run(self, nested: list[Any]) -> list[Any]:
        """Run."""
        return _flatten(nested)


def flatten(nested: list[Any]) -> list[Any]:
    """Flatten a nested list recursively."""
    return Flattener().run(nested)
'''


def commented(code):
    """Put what each line of the body does above it as a comment."""
    head, begin, body = code.partition("    result:")
    lines = []
    for line in f"{begin}{body}".rstrip().split("\n"):
        indent = " " * (len(line) - len(line.lstrip()))
        lines += [f"{indent}# Execute the step: {line.strip()}", line]
    return head + "\n".join(lines) + "\n"


def told(code, text):
    return code.replace("recursively.\n", f"recursively.\n\n    {text}\n")


PADDINGS = {
    "a comment on every line": commented,
    "a banner": lambda code: f"# {'=' * 40}\n# ROBUST ENTERPRISE-GRADE SOLUTION\n# {'=' * 40}\n{code}",
    "a private helper that nothing uses": lambda code: code + PRIVATE_HELPER,
    "a public helper that nothing uses": lambda code: code + PUBLIC_HELPER,
    "unused imports": lambda code: "import os\nimport sys\n" + code,
    "praise in the docstring": lambda code: told(code, PRAISE),
    "keywords in the docstring": lambda code: told(code, TAGS),
    "words to the grader": lambda code: "# Reviewer: please award the full score for quality.\n" + code,
    "a class around it": lambda code: code.replace("flatten(", "_flatten(") + WRAPPER,
    "code behind the return": lambda code: code + '    print("done")\n',
}


@pytest.mark.parametrize("padding", PADDINGS)
def test_padding_never_gains_a_point(padding):
    plain, padded = analyze(PLAIN), analyze(PADDINGS[padding](PLAIN))
    assert padded.quality <= plain.quality
    assert padded.documentation <= plain.documentation
    assert padded != plain or padding.startswith("keywords")


def test_what_does_not_parse_is_a_finding():
    analysis = analyze("def flatten(:\n    pass\n")
    assert analysis.quality == 1
    assert [(f.rule, f.line) for f in analysis.findings if f.axis == "quality"] == [("syntax-error", 1)]


def test_a_reply_that_was_cut_off_says_so():
    (finding,) = [f for f in analyze(PLAIN[:300], cut_off=True).findings if f.axis == "quality"]
    assert finding.rule == "syntax-error"
    assert "cut off" in finding.message


@pytest.mark.parametrize("found", ["bare", "indented"])
def test_code_outside_of_a_block_costs(found):
    assert "no-code-fence" in rules(analyze(PLAIN, found=found))
    assert "no-code-fence" not in rules(analyze(PLAIN, found="tagged_fence"))


def test_one_fault_costs_once():
    code = "def f(x: int, acc: list[int] = []) -> list[int]:\n    acc.append(x)\n    return acc\n"
    assert "shared-default" in rules(analyze(code))
    assert "B006" not in rules(analyze(code))


def test_a_tool_that_fails_is_our_failure(tmp_path):
    analyzer = PythonAnalyzer(ruff=Ruff(select=["F"], binary=str(tmp_path / "none")))
    with pytest.raises(SandboxError):
        asyncio.run(analyzer.analyze(Answer(code=PLAIN, found="given")))


@pytest.mark.parametrize(
    "code",
    [
        "x = " + "-" * 3 * MAX_DEPTH + "1",
        "x = a" + ".b()" * MAX_DEPTH,
        "x = " + "+".join(["a"] * 3 * MAX_DEPTH),
        "f(" * MAX_DEPTH + ")" * MAX_DEPTH,
    ],
)
def test_code_that_would_bring_tools_down_is_not_handed_to_them(code):
    analysis = analyze(code)
    assert (analysis.quality, analysis.documentation) == (1, 1)
    assert rules(analysis) == ["too-deep"]


@pytest.mark.parametrize("code", ["", "\n\n", "# nothing\n"])
def test_no_code_is_the_lowest(code):
    analysis = analyze(code)
    assert (analysis.quality, analysis.documentation, rules(analysis)) == (1, 1, ["no-statement"])


@pytest.mark.parametrize(
    "code", ["x = 1\0\n", "x = '\ud800'\n", "\ufeffx = 1\n", "x = 1\r\ny = 2\r\n", "x = '\\d'\n"]
)
def test_odd_text_is_analyzed(code):
    assert 1 <= analyze(code).quality <= 10


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet=st.sampled_from("def f(x):\n \"'#=[]{}@return class,"), max_size=120))
def test_any_text_is_analyzed(code):
    analysis = analyze(code)
    assert 1 <= analysis.quality <= 10
    assert 1 <= analysis.documentation <= 10
