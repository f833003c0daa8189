"""Notes: what became of a task, in words."""

from __future__ import annotations

from made_up_runs import sample

from pytest_llmbench.report.document import SamplePart
from pytest_llmbench.report.notes import note
from pytest_llmbench.scoring.scorecard import Check, Finding, Status


def checked(index: int, *passed: bool, status: Status = "scored", message: str | None = None) -> SamplePart:
    checks = tuple(
        Check(axis="correctness", label=f"check {letter}", passed=ok, message=None if ok else message)
        for letter, ok in zip("abcdef", passed, strict=False)
    )
    return sample(index, 5.0, status, checks=checks)


def test_the_most_frequent_failure_is_first() -> None:
    samples = [checked(0, True, False, True), checked(1, False, False, True), checked(2, True, True, True)]
    assert note(samples) == "fails 'check b' in 2 of 3; 'check a' in 1 of 3"


def test_a_single_sample_is_not_counted() -> None:
    assert note([checked(0, True, False)]) == "fails 'check b'"


def test_many_failures_are_counted_not_named() -> None:
    assert note([checked(0, False, False, False, False, False, True)]) == (
        "fails 'check a'; 'check b'; 'check c'; 2 more checks"
    )


def test_failing_everything_gives_the_reason_that_is_shared() -> None:
    samples = [checked(i, False, False, message="SyntaxError: invalid syntax\n  line 3") for i in range(2)]
    assert note(samples) == "fails every check: SyntaxError: invalid syntax"


def test_failing_everything_for_many_reasons_gives_none() -> None:
    samples = [checked(0, False, message="one"), checked(1, False, message="two")]
    assert note(samples) == "fails every check"


def test_statuses_come_first_and_count_what_was_judged() -> None:
    samples = [
        checked(0, True, False, status="truncated"),
        sample(1, 1.0, "no_code"),
        sample(2, 1.0, "refused"),
        sample(3, None, "api_error", error="HTTP 503\nfrom x"),
    ]
    assert note(samples) == (
        "api_error in 1 of 4: HTTP 503 from x; 1 of 3 cut off; no code in 1 of 3; refused in 1 of 3; "
        "fails 'check b' in 1 of 3"
    )


def test_errors_alone_are_said_once_with_the_commonest_text() -> None:
    errors = ["refused", "refused", "reset"]
    samples = [sample(i, None, "api_error", error=error) for i, error in enumerate(errors)]
    assert note(samples) == "api_error: refused"
    assert note([sample(0, None, "skipped_budget")]) == "skipped_budget"


def test_no_code_at_all() -> None:
    assert note([sample(i, 1.0, "no_code") for i in range(3)]) == "no code in 3 of 3"


def test_what_passes_says_where_points_went() -> None:
    findings = (
        Finding(axis="documentation", rule="D103", points=-1.0, message="missing docstring"),
        Finding(axis="quality", rule="E501", points=-0.25, message="line too long"),
        Finding(axis="quality", rule="I001", points=0.0, message="imports unsorted"),
    )
    samples = [checked(0, True).model_copy(update={"findings": findings}), checked(1, True)]
    assert (
        note(samples)
        == "passes every check; documentation \u22120.5: missing docstring; quality \u22120.1: line too long"
    )
    assert note([checked(0, True)]) == "passes every check"


def test_no_samples_and_no_checks() -> None:
    assert note([]) == "not run"
    assert note([sample(0, 8.0)]) == ""


def test_hostile_text_stays_on_one_short_line() -> None:
    text = "\x1b[2J\u202e" + "x\n" * 10_000
    samples = [checked(0, False, message=text), sample(1, None, "api_error", error=text)]
    said = note(samples)
    assert "\n" not in said
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert len(said) < 400
