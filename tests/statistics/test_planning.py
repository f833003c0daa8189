"""The projection of how many further samples would settle a difference, tried out on drawn samples."""

from __future__ import annotations

import numpy as np

from pytest_llmbench.statistics.intervals import t_interval
from pytest_llmbench.statistics.planning import further_samples


def drawn(rng: np.random.Generator, size: int, mean: float) -> list[list[float]]:
    return [list(rng.normal(mean, 1, size)) for _ in range(5)]


def test_a_clear_difference_needs_few_and_a_small_one_many() -> None:
    steady = [[7.0, 8.0, 9.0]] * 5
    far, near = ([[score + step for score in task] for task in steady] for step in (-0.8, -0.35))
    few, many = (further_samples(steady, after, margin=0.5) for after in (far, near))
    assert few is not None
    assert many is not None
    assert few < many


def test_a_difference_halfway_to_the_margin_is_the_hardest() -> None:
    steady = [[7.0, 8.0, 9.0]] * 5

    def needed(step: float) -> int:
        return further_samples(steady, [[s + step for s in t] for t in steady], margin=0.5) or 0

    assert needed(0.25) > needed(0.0) > 0
    assert needed(0.25) > needed(0.45) > 0


def test_one_sample_tells_nothing() -> None:
    assert further_samples([[7.0]], [[8.0]], margin=0.5) is None


def test_more_than_anyone_would_ask_for_is_no_number() -> None:
    assert further_samples([[1.0, 9.0]], [[1.0, 9.0]], margin=0.01) is None


def test_a_single_task_needs_six_at_least() -> None:
    assert further_samples([[8.0, 8.1, 8.2]], [[3.0, 3.1, 3.2]], margin=0.5) == 3


def test_so_many_samples_do_settle_it_about_half_of_the_time_or_more() -> None:
    rng = np.random.default_rng(11)
    settled = tried = 0
    for _ in range(60):
        before, after = drawn(rng, 5, 7), drawn(rng, 5, 6.4)
        more = further_samples(before, after, margin=0.5)
        if more is None or more > 200:
            continue
        later = t_interval(drawn(rng, 5 + more, 7), drawn(rng, 5 + more, 6.4))
        assert later is not None
        tried += 1
        settled += later[1] < 0 or (later[0] > -0.5 and later[1] < 0.5)
    assert tried > 40
    assert settled / tried > 0.5
