"""The chance that at least one of k answers is right."""

from __future__ import annotations

from math import comb


def pass_at_k(samples: int, passed: int, k: int) -> float:
    """Give the unbiased estimate of pass@k from `samples` answers of which `passed` are right.

    It is 1 - C(n - c, k) / C(n, k): the share of all choices of k answers that hold a right one. The
    naive 1 - (1 - c / n) ** k is biased downwards. Source: Chen et al., Evaluating Large Language Models
    Trained on Code, 2021, section 2.1 (arXiv 2107.03374). Whole numbers make it exact, so that the
    paper's product form is not needed.

    Raises:
        ValueError: `k` is not from 1 to `samples`, or `passed` not from 0 to `samples`.
    """
    if not 0 <= passed <= samples or not 1 <= k <= samples:
        raise ValueError(f"pass@{k} of {passed} in {samples} samples has no meaning")
    return 1 - comb(samples - passed, k) / comb(samples, k)
