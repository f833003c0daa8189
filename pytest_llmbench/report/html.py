"""The HTML report: one file that loads nothing, runs nothing but its own script, and shows all text as text.

Every value that a template writes is escaped by jinja2 and, before that, cleaned of control and
invisible characters, whoever it came from. The page's Content-Security-Policy names its one style sheet
and its one script by their hashes and forbids all else.

A small run's answers stand on the page as they are. Those of a large one would make a page that no browser
opens in good time: they are the same markup in compressed blocks, and the script draws one when it is opened.
All of it is written piece by piece.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from pytest_llmbench.report.blocks import INLINE, AnswerBlocks
from pytest_llmbench.report.comparison import Comparison
from pytest_llmbench.report.document import RunDocument
from pytest_llmbench.report.files import write_whole
from pytest_llmbench.report.hero import hero
from pytest_llmbench.report.page.anchors import Anchors
from pytest_llmbench.report.page.board import board
from pytest_llmbench.report.page.change import change
from pytest_llmbench.report.page.history import history
from pytest_llmbench.report.page.matrix import matrix
from pytest_llmbench.report.page.scatter import scatter
from pytest_llmbench.report.page.scopes import as_script, scope_data
from pytest_llmbench.report.page.spread import spread
from pytest_llmbench.report.page.tasks import task_views
from pytest_llmbench.report.templating import make_environment
from pytest_llmbench.report.verdict import recommendations

SCRIPTS = ("state", "board", "colour", "answers", "diff", "compare", "keys")


def render_html(document: RunDocument) -> str:
    """Draw the whole page."""
    return "".join(_pieces(document, make_environment(), None))


def write_html(
    path: Path,
    document: RunDocument,
    environment: Environment | None = None,
    blocks: AnswerBlocks | None = None,
) -> None:
    """Write the page to a file, piece by piece.

    Args:
        path: The file.
        document: The run.
        environment: Where templates come from, by `make_environment`; None where they are compiled anew.
        blocks: Draws the answers of a large run, and may have done so already.

    Raises:
        UsageError: The path cannot be written; nothing is left half written.
    """
    write_whole(path, _pieces(document, environment or make_environment(), blocks), "the HTML report")


def _pieces(document: RunDocument, environment: Environment, blocks: AnswerBlocks | None) -> Iterator[str]:
    style = _asset(environment, "style.css")
    script = Markup("(() => {{\n'use strict';\n{}}})();\n").format(
        Markup("\n").join(_asset(environment, f"script/{name}.js") for name in SCRIPTS)
    )
    comparison = Comparison(document)
    anchors = Anchors(document)
    waiting = sum(len(result.samples) for result in document.results) > INLINE
    links = {model.id: anchors.model(model.id) for model in document.models}
    return environment.get_template("page.html.j2").generate(
        document=document,
        style=style,
        script=script,
        policy=_policy(style, script),
        hero=hero(document, comparison),
        recommendations=recommendations(document, comparison),
        board=board(document, comparison, anchors),
        scatter=scatter(document, comparison),
        change=change(document),
        history=history(document),
        spread=spread(document, comparison, links),
        matrix=matrix(document, comparison, anchors),
        tasks=task_views(document, comparison, anchors, waiting=waiting),
        scopes=Markup(as_script(scope_data(document, comparison, anchors))),  # noqa: S704 - escaped by as_script
        blocks=_blocks(blocks or AnswerBlocks(environment), document, comparison, anchors) if waiting else (),
        answer_anchor=anchors.answer,
        model_anchor=anchors.model,
    )


def _blocks(
    blocks: AnswerBlocks, document: RunDocument, comparison: Comparison, anchors: Anchors
) -> Iterator[str]:
    for task in task_views(document, comparison, anchors):
        yield blocks.block(task.rows, document.run.weights)


def _asset(environment: Environment, name: str) -> Markup:
    """Read a file of our own that goes into the page as it is."""
    source, _, _ = (
        environment.loader.get_source(environment, name) if environment.loader else ("", None, None)
    )
    return Markup(source)  # noqa: S704 - our own file


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
