"""The templates of the page: how they are loaded, what they can use, and what becomes of what they write."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined
from jinja2.runtime import Macro
from markupsafe import Markup

from pytest_llmbench.report import numbers
from pytest_llmbench.report.clean import clean, one_line
from pytest_llmbench.report.notes import AXIS_WORDS
from pytest_llmbench.report.opinions import agreement_rows, opinion_lines
from pytest_llmbench.report.page.answers import SHOWN_MESSAGE, SHOWN_TEXT
from pytest_llmbench.report.page.matrix import SHADES
from pytest_llmbench.report.verdict import name


def make_environment(compiled: BytecodeCache | None = None) -> Environment:
    """Make what templates are loaded from.

    Args:
        compiled: Where compiled templates are kept; None where they are compiled anew.
    """
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
        once=_once,
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


@lru_cache(maxsize=2048)
def _once(macro: Macro, *arguments: Hashable) -> Markup:
    """Call a macro of an imported template, which sees nothing but its arguments, once for the same ones."""
    return Markup(macro(*arguments))  # noqa: S704 - a macro escapes what it writes


def _finalize(value: Any) -> Any:
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return value if value.isascii() and value.isprintable() else clean(value)


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
