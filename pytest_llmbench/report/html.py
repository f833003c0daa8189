"""The HTML report: one file that loads nothing, runs nothing but its own script, and shows all text as text.

Every value that a template writes is escaped by jinja2 and, before that, cleaned of control and
invisible characters, whoever it came from. The page's Content-Security-Policy names its one style sheet
and its one script by their hashes and forbids all else.

A small run's answers stand on the page as they are. Those of a large one would make a page that no browser
opens in good time: they are the same markup, a block per task, compressed, and the script draws one when it
is opened. All of it is written piece by piece.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pytest_llmbench.report import numbers
from pytest_llmbench.report.clean import clean, one_line
from pytest_llmbench.report.comparison import Comparison
from pytest_llmbench.report.document import RunDocument
from pytest_llmbench.report.files import write_whole
from pytest_llmbench.report.hero import hero
from pytest_llmbench.report.notes import AXIS_WORDS
from pytest_llmbench.report.opinions import agreement_rows, opinion_lines
from pytest_llmbench.report.page.anchors import Anchors
from pytest_llmbench.report.page.answers import SHOWN_MESSAGE, SHOWN_TEXT
from pytest_llmbench.report.page.board import board
from pytest_llmbench.report.page.change import change
from pytest_llmbench.report.page.history import history
from pytest_llmbench.report.page.matrix import SHADES, matrix
from pytest_llmbench.report.page.scatter import scatter
from pytest_llmbench.report.page.scopes import as_script, scope_data
from pytest_llmbench.report.page.spread import spread
from pytest_llmbench.report.page.tasks import task_views
from pytest_llmbench.report.verdict import name, recommendations

INLINE = 300
"""Up to so many answers stand on the page; more of them wait compressed."""

SCRIPTS = ("state", "board", "colour", "answers", "diff", "compare", "keys")


def render_html(document: RunDocument) -> str:
    """Draw the whole page."""
    return "".join(_pieces(document, None))


def write_html(path: Path, document: RunDocument, compiled: BytecodeCache | None = None) -> None:
    """Write the page to a file, piece by piece.

    Args:
        path: The file.
        document: The run.
        compiled: Where compiled templates are kept; None where they are compiled anew.

    Raises:
        UsageError: The path cannot be written; nothing is left half written.
    """
    write_whole(path, _pieces(document, compiled), "the HTML report")


def _pieces(document: RunDocument, compiled: BytecodeCache | None) -> Iterator[str]:
    environment = _environment(compiled)
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
        blocks=_blocks(environment, document, comparison, anchors) if waiting else (),
        answer_anchor=anchors.answer,
        model_anchor=anchors.model,
    )


def _blocks(
    environment: Environment, document: RunDocument, comparison: Comparison, anchors: Anchors
) -> Iterator[str]:
    """Give per task its answers as the page would show them, as JSON, compressed, in base 64."""
    template = environment.get_template("answer.html.j2")
    for task in task_views(document, comparison, anchors):
        texts = [template.render(row=row, coloured=False) for row in task.rows]
        packed = zlib.compress(json.dumps(texts, ensure_ascii=False).encode(), 9)
        yield base64.b64encode(packed).decode()


def _environment(compiled: BytecodeCache | None) -> Environment:
    environment = Environment(
        bytecode_cache=compiled,
        autoescape=True,
        loader=PackageLoader("pytest_llmbench.report"),
        undefined=StrictUndefined,
        finalize=_finalize,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        fixed=numbers.fixed,
        signed=numbers.signed,
        span=numbers.span,
        dollars=numbers.dollars,
        small=numbers.small,
        seconds=numbers.seconds,
        count=numbers.count,
        listed=numbers.listed,
        line=one_line,
        name=name,
        date=_date,
        shortened=_shortened,
        inset=_inset,
    )
    environment.globals.update(
        agreement_rows=agreement_rows,
        opinion_lines=opinion_lines,
        axis_words=AXIS_WORDS,
        shown_text=SHOWN_TEXT,
        shown_message=SHOWN_MESSAGE,
        shades=SHADES,
    )
    return environment


def _finalize(value: Any) -> Any:
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return value if value.isascii() and value.isprintable() else clean(value)


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


def _date(moment: datetime) -> str:
    local = moment.astimezone(UTC) if moment.tzinfo else moment
    return f"{local.day} {local:%b %Y, %H:%M} UTC"


def _inset(percent: float) -> float:
    """Keep a mark's place off the ends of its picture."""
    return round(percent * 0.92 + 4, 1)


def _shortened(text: str, limit: int) -> str:
    if len(text) <= limit:
        return clean(text)
    return clean(text[:limit]) + f"\n[… {len(text) - limit:,} more characters, which the JSON file has]"
