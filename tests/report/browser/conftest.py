"""Reports as files, and a browser.

The browser lives as long as a module: while it does, an event loop runs that tests of coroutines would meet.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import running_chromium
from made_up_runs import compared, hostile, large
from playwright.sync_api import Browser

from pytest_llmbench.report.html import write_html


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten models, five tasks, three samples, beside a baseline."""
    path = tmp_path_factory.mktemp("small") / "small report.html"
    write_html(path, compared())
    return path


@pytest.fixture(scope="session")
def nasty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Markup, controls and overrides in every field."""
    path = tmp_path_factory.mktemp("nasty") / "nasty.html"
    write_html(path, hostile())
    return path


@pytest.fixture(scope="session")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Just above what stands on the page: the answers wait compressed."""
    path = tmp_path_factory.mktemp("waiting") / "waiting.html"
    write_html(path, large(models=4, tasks=12, samples=7))
    return path
