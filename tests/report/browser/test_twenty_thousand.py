"""The largest run that a report is made for: ten models, 200 tasks, ten samples of each."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium import opened
from made_up_runs import large
from playwright.sync_api import Browser, expect

from pytest_llmbench.report.html import write_html


@pytest.mark.slow
def test_it_sorts_filters_and_leads_to_its_answers(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_html(path, large(models=10, tasks=200, samples=10))
    assert path.stat().st_size < 25_000_000
    with opened(browser, path, viewport={"width": 1920, "height": 1080}) as page:
        rows = page.locator(".board tbody tr:visible")
        assert rows.count() == 10
        assert page.locator("#matrix td.cell").count() == 2_000
        assert page.locator("article.sample").count() == 0

        page.locator("[data-key=price] button").click()
        assert page.evaluate("location.hash") == "#&sort=price"
        name = rows.first.locator("th a").text_content()
        assert name is not None
        page.locator("#filters [name=model]").fill(name)
        expect(page.locator("#filters output")).to_contain_text("of 10 models shown")
        assert rows.count() < 10

        page.locator("#matrix td.cell a:visible").last.click()
        expect(page.locator("article.sample").first).to_be_visible()
        assert page.locator("article.sample").count() == 10
        assert page.evaluate("document.documentElement.scrollWidth") <= 1920
