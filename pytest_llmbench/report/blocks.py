"""The answers of a large run, drawn as the page would show them, and compressed: a block for each task.

A block can be drawn as soon as all of its task's answers are there, while others are awaited. The page
takes it where it would draw the very same.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Hashable, Sequence

from jinja2 import Environment

from pytest_llmbench.report.document import RunDocument, SamplePart
from pytest_llmbench.report.page.anchors import Anchors
from pytest_llmbench.report.page.rows import ResultRow, in_block, result_row
from pytest_llmbench.report.page.scales import score_scale
from pytest_llmbench.report.templating import make_environment
from pytest_llmbench.report.verdict import name

INLINE = 300
"""Up to so many answers stand on the page; more of them wait compressed."""

_BETWEEN = "\0"
"""What stands between rows in a block: no text on the page has it, since it could not be shown."""

Kept = tuple[str, list[Sequence[SamplePart]]]
"""A block, and the samples that it was drawn from: what it is known by lives as long as it does."""


class AnswerBlocks:
    """Draws blocks, and keeps those that are drawn ahead.

    Args:
        environment: Where templates come from; None for one of their own.
    """

    def __init__(self, environment: Environment | None = None) -> None:
        self._template = (environment or make_environment()).get_template("answer.html.j2")
        self._ahead: dict[Hashable, Kept] = {}

    def draw_ahead(self, document: RunDocument) -> None:
        """Draw the block of a task, of which the page may be drawn later.

        Args:
            document: A run of this task alone.
        """
        rows = _rows_of(document)
        block = self._draw(rows)
        self._ahead[_shown(rows, document.run.weights)] = (block, [row.result.samples for row in rows])

    def block(self, rows: Sequence[ResultRow], weights: dict[str, float]) -> str:
        """Give a task's block, in base 64: zlib's form of the rows' markup, in the order of `in_block`.

        Args:
            rows: What the models made of the task.
            weights: Those of the axes.
        """
        kept = self._ahead.get(_shown(rows, weights))
        return self._draw(rows) if kept is None else kept[0]

    def _draw(self, rows: Sequence[ResultRow]) -> str:
        texts = [self._template.render(row=row, coloured=False) for row in in_block(rows)]
        return base64.b64encode(zlib.compress(_BETWEEN.join(texts).encode(), 6)).decode()


def _rows_of(document: RunDocument) -> list[ResultRow]:
    anchors, (task,) = Anchors(document), document.tasks
    models = {model.id: model for model in document.models}
    scale = score_scale([])  # an answer says nothing of it
    return [
        result_row(
            task, models[result.model], result, scale, anchors, weights=document.run.weights, tied=False
        )
        for result in document.results
    ]


def _shown(rows: Sequence[ResultRow], weights: dict[str, float]) -> Hashable:
    """Give all that a block is drawn from; samples are never changed, so that each stands for itself."""
    return tuple(sorted(weights.items())), *(
        (
            row.title,
            row.language,
            name(row.model),
            row.model.price_input is None,
            *row.sample_anchors,
            *map(id, row.result.samples),
        )
        for row in in_block(rows)
    )
