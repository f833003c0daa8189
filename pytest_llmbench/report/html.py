"""The HTML report: one file that loads nothing, runs nothing but its own sorting, and shows all text as text.

Every value that a template writes is escaped by jinja2 and, before that, cleaned of control and
invisible characters, whoever it came from. The page's Content-Security-Policy names its one style sheet
and its one script by their hashes and forbids all else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from pytest_llmbench.report import numbers
from pytest_llmbench.report.clean import clean, one_line
from pytest_llmbench.report.comparison import Comparison
from pytest_llmbench.report.document import RunDocument
from pytest_llmbench.report.files import write_whole
from pytest_llmbench.report.hero import hero
from pytest_llmbench.report.notes import AXIS_WORDS
from pytest_llmbench.report.page.anchors import Anchors
from pytest_llmbench.report.page.answers import SHOWN_MESSAGE, SHOWN_TEXT
from pytest_llmbench.report.page.board import board
from pytest_llmbench.report.page.matrix import SHADES, matrix
from pytest_llmbench.report.page.scatter import scatter
from pytest_llmbench.report.page.tasks import task_views
from pytest_llmbench.report.verdict import name, recommendations


def render_html(document: RunDocument) -> str:
    """Draw the whole page."""
    return "".join(_pieces(document))


def write_html(path: Path, document: RunDocument) -> None:
    """Write the page to a file, piece by piece.

    Raises:
        UsageError: The path cannot be written; nothing is left half written.
    """
    write_whole(path, _pieces(document), "the HTML report")


def _pieces(document: RunDocument) -> Iterator[str]:
    environment = _environment()
    style, script = (_asset(environment, name) for name in ("style.css", "sort.js"))
    comparison = Comparison(document)
    anchors = Anchors(document)
    return environment.get_template("page.html.j2").generate(
        document=document,
        style=style,
        script=script,
        policy=_policy(style, script),
        hero=hero(document, comparison),
        recommendations=recommendations(document, comparison),
        board=board(document, comparison, anchors),
        scatter=scatter(document, comparison),
        matrix=matrix(document, comparison, anchors),
        tasks=task_views(document, comparison, anchors),
        answer_anchor=anchors.answer,
        model_anchor=anchors.model,
    )


def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        loader=PackageLoader("pytest_llmbench.report"),
        undefined=StrictUndefined,
        finalize=_finalize,
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
    )
    environment.globals.update(
        axis_words=AXIS_WORDS, shown_text=SHOWN_TEXT, shown_message=SHOWN_MESSAGE, shades=SHADES
    )
    return environment


def _finalize(value: Any) -> Any:
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


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


def _shortened(text: str, limit: int) -> str:
    if len(text) <= limit:
        return clean(text)
    return clean(text[:limit]) + f"\n[… {len(text) - limit:,} more characters, which the JSON file has]"
