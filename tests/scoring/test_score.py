from __future__ import annotations

import pytest

from pytest_llmbench.errors import CandidateError, SandboxError, TaskError
from pytest_llmbench.scoring.score import MESSAGE_LIMIT, Score


def test_records_each_check_on_its_axis_in_order():
    score = Score()
    with score.correctness("adds", weight=2):
        pass
    with score.edge_case("adds nothing"):
        raise AssertionError("1 != 0")
    with score.quality("is short"):
        pass
    with score.documentation("has a summary", weight=0.5):
        raise AssertionError
    assert [(c.axis, c.label, c.weight, c.passed, c.message) for c in score.checks] == [
        ("correctness", "adds", 2, True, None),
        ("edge_cases", "adds nothing", 1, False, "1 != 0"),
        ("quality", "is short", 1, True, None),
        ("documentation", "has a summary", 0.5, False, "assertion failed"),
    ]
    assert [str(error) for error in score.failures] == ["1 != 0", ""]
    assert score.bugs == []


def test_what_the_candidate_raises_fails_the_check_and_is_no_bug():
    score = Score()
    with score.correctness("works"):
        raise CandidateError("ValueError", "no")
    assert score.checks[0].message == "ValueError: no"
    assert score.bugs == []


def test_any_other_exception_fails_the_check_and_is_kept_as_a_bug():
    score = Score()
    with score.correctness("works"):
        {}["missing"]
    assert score.checks[0].message == "KeyError: 'missing' (raised by the check)"
    assert [type(bug) for bug in score.bugs] == [KeyError]


def test_a_soft_exception_fails_the_check():
    class Outcome(BaseException):
        """What a test runner fails by."""

    score = Score(soft=(Outcome,))
    with score.correctness("works"):
        raise Outcome("did not raise")
    assert [check.passed for check in score.checks] == [False]


@pytest.mark.parametrize("error", [SandboxError("ours"), TaskError("the author's")])
def test_a_fault_of_others_is_no_failed_check(error):
    score = Score()
    with pytest.raises(type(error)), score.correctness("works"):
        raise error
    assert score.checks == []


def test_an_interrupt_leaves_and_is_not_recorded():
    score = Score()
    with pytest.raises(KeyboardInterrupt), score.correctness("works"):
        raise KeyboardInterrupt
    with score.correctness("works after that"):
        pass
    assert [check.label for check in score.checks] == ["works after that"]


def test_checks_do_not_nest():
    score = Score()
    with (
        pytest.raises(TaskError, match=r"'inner' stands inside check 'outer'"),
        score.correctness("outer"),
        score.edge_case("inner"),
    ):
        pass


def test_a_label_stands_once():
    score = Score()
    with score.correctness("works"):
        pass
    with pytest.raises(TaskError, match="two checks are called 'works'"), score.edge_case("works"):
        pass


@pytest.mark.parametrize("weight", [0, -1])
def test_a_weight_is_above_zero(weight):
    with pytest.raises(TaskError, match=f"weight={weight}"), Score().correctness("works", weight=weight):
        pass


def test_a_long_message_is_cut():
    score = Score()
    with score.correctness("works"):
        raise AssertionError("x" * (MESSAGE_LIMIT + 1))
    message = score.checks[0].message
    assert message is not None
    assert len(message) == MESSAGE_LIMIT + 1
    assert message.endswith("x…")
