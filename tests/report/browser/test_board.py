"""The leaderboard in a browser: sorted, filtered, linked to."""

from __future__ import annotations

import re
from pathlib import Path

from chromium import opened, plain, wait_until
from playwright.sync_api import Browser, Locator, Page, expect


def rows(page: Page) -> Locator:
    return plain(page, ".board tbody tr").filter(visible=True)


def names(page: Page) -> list[str]:
    return rows(page).locator("th a").all_text_contents()


def column(page: Page, number: int) -> list[float]:
    texts = rows(page).locator(f"> :nth-child({number}) .v").all_text_contents()
    return [float(text.replace(",", "").split()[0]) for text in texts]


def test_each_column_sorts_both_ways(browser: Browser, small: Path) -> None:
    with opened(browser, small) as page:
        heads = plain(page, ".board thead th:has(button)")
        assert heads.count() == 14
        for at in range(heads.count()):
            head = heads.nth(at)
            head.locator("button").click()
            expect(head).to_have_attribute("aria-sort", re.compile("ascending|descending"))
            other = {"ascending": "descending", "descending": "ascending"}[
                head.get_attribute("aria-sort") or ""
            ]
            first = names(page)
            head.locator("button").click()
            expect(head).to_have_attribute("aria-sort", other)
            assert sorted(names(page)) == sorted(first)
            assert plain(page, ".board th[aria-sort]").count() == 1
        plain(page, "[data-key=value] button").click()
        values = column(page, 10)
        assert values == sorted(values, reverse=True)


def test_the_order_is_in_the_address_and_back_undoes_it(browser: Browser, small: Path) -> None:
    with opened(browser, small) as page:
        ranked = names(page)
        plain(page, "[data-key=price] button").click()
        assert page.evaluate("location.hash") == "#&sort=price"
        cheapest = names(page)
        assert cheapest[0] == "Ga-Standard"
        page.reload()
        assert names(page) == cheapest
        page.go_back()
        assert names(page) == ranked


def test_filters_narrow_say_how_many_and_can_be_cleared(browser: Browser, small: Path) -> None:
    with opened(browser, small) as page:
        status = plain(page, "#filters output")
        plain(page, "#filters [name=model]").fill("coder")
        expect(status).to_have_text("2 of 10 models shown")
        assert names(page) == ["Qwen3-Coder-30B", "DeepSeek Coder"]
        plain(page, "#filters [name=model]").fill("nobody")
        expect(plain(page, "#no-rows")).to_be_visible()
        page.get_by_role("button", name="Clear filters").click()
        assert len(names(page)) == 10
        plain(page, "#filters [name=category]").select_option("Premium general")
        expect(status).to_have_text("3 of 10 models shown")
        assert "category=Premium+general" in page.evaluate("location.hash")


def test_a_choice_of_tasks_has_scores_and_ranks_of_its_own(browser: Browser, small: Path) -> None:
    with opened(browser, small) as page:
        whole = column(page, 3)
        plain(page, "#filters [name=task]").select_option("task-dijkstra")
        wait_until(page, "document.querySelector('#board').classList.contains('scoped')")
        scores = column(page, 3)
        assert scores == sorted(scores, reverse=True)
        assert scores != whole
        cells = plain(page, ".matrix tbody tr td:nth-child(2)").all_text_contents()
        in_matrix = [found[0] for cell in cells if (found := re.search(r"\d+\.\d", cell))]
        assert sorted(f"{score:.1f}" for score in scores) == sorted(in_matrix)
        assert rows(page).locator(".place").all_text_contents() == [str(n) for n in range(1, 11)]
        page.get_by_role("button", name="Clear filters").click()
        assert column(page, 3) == whole


def test_a_link_shows_the_same_view(browser: Browser, small: Path) -> None:
    with opened(browser, small, "#&task=tagged-hard&sort=-value&model=deepseek,kimi") as page:
        expect(plain(page, "#filters output")).to_have_text("5 of 10 models shown, scores of hard (2)")
        assert plain(page, "#filters [name=model]").input_value() == "deepseek,kimi"
        values = column(page, 10)
        assert values == sorted(values, reverse=True)
        rows(page).locator("th a").first.click()
        assert page.evaluate("location.hash").startswith("#model-")
        assert "task=tagged-hard" in page.evaluate("location.hash")


def test_nonsense_in_the_address_does_no_harm(browser: Browser, small: Path) -> None:
    nonsense = "#<img src=x onerror=alert(1)>&sort=nothing&task=%ff&category=x&compare=a,b&compare=c"
    with opened(browser, small, nonsense) as page:
        expect(plain(page, "#no-rows")).to_be_visible()
        page.get_by_role("button", name="Clear filters").click()
        assert len(names(page)) == 10
