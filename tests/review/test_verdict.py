"""What a review is worth: what it found counts, what it invented costs, and lists of keywords pay nothing."""

from __future__ import annotations

import itertools
import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_llmbench.errors import TaskError
from pytest_llmbench.scoring.review.key import Fault, ReviewKey, Sound, load_key
from pytest_llmbench.scoring.review.matching import CLAIMS, Reading, match
from pytest_llmbench.scoring.review.remarks import Remark
from pytest_llmbench.scoring.review.verdict import COST, FREE, MAX_COUNTED, Verdict, hold_against

TASK = Path(__file__).parents[2] / "task_suites" / "backend" / "go_review"
FULL = 38

KEY = ReviewKey(
    fault=(
        Fault(id="race", lines=(10, 14), weight=3, words=("race", "unlocked")),
        Fault(id="negative", lines=(10, 14), also=((2, 3),), weight=2, words=("negative", "<= 0")),
        Fault(id="traversal", lines=(40, 40), weight=4, words=("travers", "../")),
    ),
    sound=(Sound(id="capture", lines=(30, 32), words=("captur",), why="not since 1.22"),),
)


def remark(line: int | None, title: str, number: int = 1, why: str = "") -> Remark:
    return Remark(number=number, first=line, last=line, title=title, why=why)


def judged(*remarks: Remark) -> Verdict:
    return hold_against(KEY, [r.model_copy(update={"number": n}) for n, r in enumerate(remarks, 1)])


@pytest.mark.parametrize(
    ("line", "title", "found"),
    [
        (10, "Data race", 3),
        (8, "data RACE", 3),
        (16, "it is unlocked", 3),
        (7, "Data race", 0),
        (17, "Data race", 0),
        (12, "a trace of it", 0),
        (12, "races with others", 3),
        (12, "quantity<=0 is taken", 2),
        (5, "a negative number", 2),
        (12, "a race, and negative\nnumbers", 5),
        (40, "`file=../../etc` is read", 4),
        (None, "Data race", 0),
    ],
)
def test_a_fault_is_named_by_its_line_and_a_word(line: int | None, title: str, found: float) -> None:
    assert judged(remark(line, title)).found == found


def test_words_count_in_each_field() -> None:
    assert judged(remark(40, "Bad", why="path traversal")).found == 4
    assert hold_against(KEY, [Remark(number=1, first=40, last=40, fix="refuse ../")]).found == 4


def test_a_fault_counts_once_and_a_repeat_is_free() -> None:
    verdict = judged(*(remark(12, f"race {n}") for n in range(12)))
    assert verdict.found == 3
    assert len(verdict.repeats) == 11
    assert verdict.unfounded == ()


def test_sound_code_costs() -> None:
    verdict = judged(remark(40, "path traversal"), remark(31, "variable captured by the closure"))
    assert [alarm.sound for alarm in verdict.false_alarms] == ["capture"]
    assert verdict.worth == 4 - COST


def test_a_remark_that_names_a_fault_too_is_no_false_alarm() -> None:
    key = KEY.model_copy(update={"sound": (KEY.sound[0].model_copy(update={"lines": (10, 14)}),)})
    assert hold_against(key, [remark(12, "captured without a lock: a race")]).false_alarms == ()


def test_remarks_on_nothing_are_free_up_to_five() -> None:
    others = [remark(60 + n, f"other thing {n}") for n in range(FREE + 2)]
    assert judged(remark(40, "path traversal"), *others[:FREE]).worth == 4
    assert judged(remark(40, "path traversal"), remark(12, "race"), *others).worth == 7 - 2 * COST


def test_remarks_beyond_what_was_asked_for_find_nothing() -> None:
    filler = [remark(60 + n, f"other thing {n}") for n in range(MAX_COUNTED)]
    verdict = judged(*filler, remark(40, "path traversal"))
    assert (verdict.found, len(verdict.unfounded)) == (0, MAX_COUNTED + 1)


def test_nothing_said_is_worth_nothing() -> None:
    verdict = judged()
    assert (verdict.worth, verdict.share) == (0, 0)
    assert set(verdict.missed) == {"race", "negative", "traversal"}


def test_the_summary_names_what_was_missed_and_invented() -> None:
    text = judged(remark(12, "race"), remark(31, "captured")).summary()
    assert "missed negative, traversal" in text
    assert "capture (remark 2: not since 1.22)" in text


faults = st.lists(
    st.builds(
        lambda start, length, weight, words: (start, start + length, weight, tuple(words)),
        st.integers(1, 30),
        st.integers(0, 6),
        st.integers(1, 4),
        st.sets(st.sampled_from("abcdef"), min_size=1, max_size=2),
    ),
    min_size=1,
    max_size=5,
)
small_remarks = st.lists(st.tuples(st.integers(1, 36), st.text("abcdef ", max_size=5)), max_size=4)


@given(faults, small_remarks)
def test_no_other_assignment_is_heavier(
    given_faults: list[tuple[int, int, int, tuple[str, ...]]], given_remarks: list[tuple[int, str]]
) -> None:
    key = [
        Fault(id=str(n), lines=(a, b), weight=w, words=words)
        for n, (a, b, w, words) in enumerate(given_faults)
    ]
    readings = [Reading(remark(line, text, n), key) for n, (line, text) in enumerate(given_remarks, 1)]
    claims = match(readings, key)
    assert all(readings[index].fit(fault) is not None for index, fault in claims)
    assert len({fault.id for _, fault in claims}) == len(claims)
    assert all(sum(i == index for i, _ in claims) <= CLAIMS for index in range(len(readings)))
    options = [[None, *(i for i, r in enumerate(readings) if r.fit(fault) is not None)] for fault in key]
    best = max(
        sum(fault.weight for fault, index in zip(key, choice, strict=True) if index is not None)
        for choice in itertools.product(*options)
        if all(sum(i == index for i in choice) <= CLAIMS for index in range(len(readings)))
    )
    assert sum(fault.weight for _, fault in claims) == best


@given(
    st.lists(
        st.builds(
            Remark,
            number=st.integers(1, 99),
            first=st.none() | st.integers(-5, 500),
            last=st.none() | st.integers(-5, 500),
            title=st.text(max_size=40),
            why=st.sampled_from(["", "race lock leak ../ context", "a" * 2000]),
        ),
        max_size=40,
    )
)
@settings(deadline=1000)
def test_any_review_has_a_worth(remarks: list[Remark]) -> None:
    verdict = hold_against(load_key(TASK / "planted.toml"), remarks, full=FULL)
    assert 0 <= verdict.share <= 1
    assert verdict.worth <= verdict.found
    assert verdict.summary()


# What follows holds the built-in task's key against reviews that were not written in earnest.

WORDS = [
    *("race", "lock", "context", "timeout", "leak", "close", "limit", "validation", "error", "panic"),
    *("injection", "unbounded", "goroutine", "deadlock", "secret", "global", "logging", "status"),
    *("ignored", "path", "traversal", "negative"),
]
EVEN = [8 * n + 6 for n in range(20)]
WHERE_CODE_IS_DENSE = [
    20,
    20,
    24,
    39,
    68,
    73,
    73,
    78,
    84,
    95,
    100,
    105,
    109,
    109,
    118,
    121,
    130,
    143,
    147,
    165,
]


def keyword_list(lines: list[int], words: int, seed: int) -> list[Remark]:
    rng = random.Random(seed)
    texts = (f"Possible {' '.join(rng.sample(WORDS, words))} problem" for _ in lines)
    return [remark(line, text, n) for n, (line, text) in enumerate(zip(lines, texts, strict=True), 1)]


@pytest.mark.parametrize("words", [1, 2, 3, 4, 6, 8, 12, len(WORDS)])
def test_lists_of_keywords_do_not_pay(words: int) -> None:
    key = load_key(TASK / "planted.toml")
    for lines, most in ((EVEN, 0.02), (WHERE_CODE_IS_DENSE, 0.15)):
        shares = [hold_against(key, keyword_list(lines, words, s), full=FULL).share for s in range(20)]
        assert sum(shares) / len(shares) <= most


def test_keywords_on_top_of_an_honest_list_do_not_pay() -> None:
    key = load_key(TASK / "planted.toml")
    honest = [remark(100, "Check-then-act race on the stock", 1), remark(147, "Path traversal", 2)]
    stuffed = [remark(line, " ".join(WORDS), n) for n, line in enumerate((73, 84, 109, 118, 165), 3)]
    verdict = hold_against(key, [*honest, *stuffed], full=FULL)
    assert verdict.worth <= hold_against(key, honest, full=FULL).worth == 7
    assert verdict.overloaded == (3, 4, 5, 6, 7)


def test_the_greatest_review_is_judged_in_bounded_time() -> None:
    key = load_key(TASK / "planted.toml")
    texts = " ".join(word for fault in key.fault[:9] for word in fault.words)[:2000]
    remarks = [
        Remark(number=n, first=n, last=n + 11, title=texts, why=texts, fix=texts) for n in range(1, 201)
    ]
    started = time.process_time()
    hold_against(key, remarks, full=FULL)
    assert time.process_time() - started < 2


def test_the_built_in_key_is_as_its_head_says() -> None:
    key = load_key(TASK / "planted.toml")
    assert (len(key.fault), key.weight) == (24, 51)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[fault]]\nid = 1", "fault.0.id"),
        ("[[fault]]\nid='a'\nlines=[1,2]\nweight=0\nwords=['a']", "fault.0.weight"),
        ("[[fault]]\nid='a'\nlines=[1,2]\nweight=1\nword=['a']\nwords=['b']", "fault.0.word"),
        ("fault = []", "fault"),
        ("[[fault", "end of document"),
    ],
)
def test_a_key_that_is_not_right_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "planted.toml"
    path.write_text(text)
    with pytest.raises(TaskError) as caught:
        load_key(path)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)


def test_a_key_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(TaskError, match=r"planted\.toml"):
        load_key(tmp_path / "planted.toml")
