"""How far a mean over tasks would carry to other tasks like these.

Samples of one task resemble each other, so that ten samples of each of five tasks are not fifty
independent observations. A standard error that takes each task for a cluster says so.
"""

from __future__ import annotations

import math
from collections.abc import Sequence


def clustered_error(clusters: Sequence[Sequence[float]]) -> float | None:
    """Give the clustered standard error of the mean over all values.

    With n values in all and their mean m it is sqrt(sum over clusters of (sum over the cluster of
    (x - m)) ** 2) / n. Source: Miller, Adding Error Bars to Evals: A Statistical Approach to Language
    Model Evaluations, 2024, section 2.2 (arXiv 2411.00640), times G / (G - 1) for few clusters as in
    Cameron and Miller, A Practitioner's Guide to Cluster-Robust Inference, 2015, section 2.C.

    Returns:
        The standard error; None where fewer than two clusters have values.
    """
    filled = [cluster for cluster in clusters if cluster]
    if len(filled) < 2:  # noqa: PLR2004 - one task says nothing of others
        return None
    number = sum(map(len, filled))
    mean = math.fsum(value for cluster in filled for value in cluster) / number
    squares = math.fsum(math.fsum(value - mean for value in cluster) ** 2 for cluster in filled)
    few = len(filled) / (len(filled) - 1)
    return math.sqrt(few * squares) / number
