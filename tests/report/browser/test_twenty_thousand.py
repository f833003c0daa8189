"""The largest run that a report is made for: ten models, 200 tasks, ten samples of each."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium import opened, plain
from made_up_runs import large
from playwright.sync_api import Browser, expect

from pytest_llmbench.report.html import write_html


@pytest.mark.slow
def test_it_sorts_filters_and_leads_to_its_answers(browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_html(path, large(models=10, tasks=200, samples=10))
    assert path.stat().st_size < 25_000_000
    with opened(browser, path, viewport={"width": 1920, "height": 1080}) as page:
        rows = plain(page, ".board tbody tr").filter(visible=True)
        assert rows.count() == 10
        assert plain(page, "#matrix td.cell").count() == 2_000
        assert plain(page, "article.sample").count() == 0

        plain(page, "[data-key=price] button").click()
        assert page.evaluate("location.hash") == "#&sort=price"
        name = rows.first.locator("th a").text_content()
        assert name is not None
        plain(page, "#filters [name=model]").fill(name)
        expect(plain(page, "#filters output")).to_contain_text("of 10 models shown")
        assert rows.count() < 10

        plain(page, "#matrix td.cell a").filter(visible=True).last.click()
        expect(plain(page, "article.sample").first).to_be_visible()
        assert plain(page, "article.sample").count() == 10
        assert page.evaluate("document.documentElement.scrollWidth") <= 1920
