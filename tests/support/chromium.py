"""The distribution's Chromium, driven by Playwright, and pages that tell on themselves."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 60.0
"""Seconds that a page gets before it counts as broken: a busy machine has stalled a browser for over five."""
REQUIRED = "LLMBENCH_BROWSER"
"""The environment variable that turns a missing browser into a failure, when it is `required`."""

ENGINE = "plain"
SELECT = """({
    query: (root, text) => root.querySelector(text),
    queryAll: (root, text) => [...root.querySelectorAll(text)],
})"""

expect.set_options(timeout=PATIENCE * 1000)


def find_chromium() -> str:
    """Find the program; without it the tests are skipped, and fail in CI."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found:
        return found
    reason = "Chromium is missing: install the distribution's (apt-get install chromium)"
    if os.environ.get(REQUIRED) == "required":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def running_chromium() -> Iterator[Browser]:
    program = find_chromium()
    # As root Chromium's own sandbox refuses to start; the pages are of our own making.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        playwright.selectors.register(ENGINE, SELECT, content_script=True)
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Told:
    """What a page said and asked for while it was open."""

    problems: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@contextmanager
def opened(browser: Browser, path: Path, fragment: str = "", **context: Any) -> Iterator[Page]:
    """Open a report, and fail afterwards if it complained or asked for anything but itself."""
    told = Told()
    with browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **context}) as made:
        made.set_default_timeout(PATIENCE * 1000)
        page = made.new_page()
        page.on("console", lambda message: told.problems.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: told.problems.append(f"error: {error}"))
        page.on("request", lambda request: told.requests.append(request.url))
        page.goto(f"{path.as_uri()}{fragment}")
        yield page
    told.problems += [f"request: {url}" for url in told.requests if not url.startswith(path.as_uri())]
    if told.problems:
        raise AssertionError("\n".join(told.problems))


def plain(page: Page, selector: str) -> Locator:
    """Find elements as the browser does.

    Playwright's own way looks into every element for a hidden tree of its own, which a report has none of:
    with 40,000 elements that takes 0.1 s each time, several times for a click.
    """
    return page.locator(f"{ENGINE}={selector}")


def wait_until(page: Page, expression: str, seconds: float = PATIENCE) -> None:
    """Wait until an expression holds on the page.

    Playwright's own `wait_for_function` evaluates a text again inside the page, which the report's policy
    forbids whenever the first look comes too early.
    """
    deadline = time.monotonic() + seconds
    while not page.evaluate(expression):
        if time.monotonic() > deadline:
            raise AssertionError(f"the page never came to {expression}")
        page.wait_for_timeout(20)
