"""Answers in a browser: reached by links and keys, drawn from compressed data, side by side."""

from __future__ import annotations

from pathlib import Path

import pytest
from chromium import opened, plain, wait_until
from playwright.sync_api import Browser, Page, expect

OPENED_AND_DRAWN = """(() => {
    const opened = document.querySelectorAll("details.answer[open]");
    return opened.length === 1 && opened[0].querySelector("article")
        ? opened[0].querySelector(".samples").id
        : null;
})()"""
"""The answer that is open, once what it holds has been drawn."""


def is_seen(page: Page, selector: str) -> bool:
    """Whether an element's top is in the window."""
    place: dict[str, float] = plain(page, selector).evaluate("e => e.getBoundingClientRect().toJSON()")
    return -5 <= place["top"] < 900


def test_two_clicks_lead_from_a_model_to_its_answer(browser: Browser, small: Path) -> None:
    with opened(browser, small) as page:
        plain(page, ".board tbody th a").first.click()
        plain(page, "#model-deepseek-r1 .cell a").first.click()
        answer = plain(page, "details.answer[open]")
        expect(answer).to_have_count(1)
        expect(answer.locator("article")).to_have_count(3)
        wait_until(page, "document.activeElement.localName === 'summary'")
        assert is_seen(page, "details.answer[open]")
        assert (
            plain(page, "details.answer[open] .samples").get_attribute("id") == "answer-dijkstra--deepseek-r1"
        )


@pytest.mark.parametrize("report", ["small", "waiting"])
def test_keys_go_from_answer_to_answer(browser: Browser, report: str, request: pytest.FixtureRequest) -> None:
    with opened(browser, request.getfixturevalue(report)) as page:
        opened_ids = [""]
        for key in ("n", "n", "n", "p"):
            page.keyboard.press(key)
            wait_until(page, f"![null, {opened_ids[-1]!r}].includes({OPENED_AND_DRAWN})")
            opened_ids.append(page.evaluate(OPENED_AND_DRAWN))
        del opened_ids[0]
        assert len(set(opened_ids)) == 3
        assert opened_ids[3] == opened_ids[1]
        page.keyboard.press("]")
        wait_until(page, "location.hash.startsWith('#task-')")
        assert is_seen(page, f"[id='{page.evaluate('location.hash.slice(1)')}']")


def test_keys_go_from_finding_to_finding(browser: Browser, small: Path) -> None:
    with opened(browser, small, "#answer-dijkstra--hunyuan-turbo") as page:
        expect(plain(page, "details.answer[open]")).to_have_count(1)
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.dataset.n") == "4"
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.dataset.n") == "7"
        page.keyboard.press("k")
        assert page.evaluate("document.activeElement.dataset.n") == "4"


def test_keys_are_listed_and_can_be_switched_off(browser: Browser, small: Path) -> None:
    with opened(browser, small) as page:
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
        page.get_by_label("Single keys do this").uncheck()
        page.keyboard.press("Escape")
        page.keyboard.press("n")
        assert plain(page, "details.answer[open]").count() == 0
        plain(page, "#show-keys").click()
        page.get_by_label("Single keys do this").check()
        page.get_by_role("button", name="Close").click()
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.name") == "model"


def test_all_can_be_reached_by_tab_alone(browser: Browser, small: Path) -> None:
    with opened(browser, small) as page:
        reached = []
        for _ in range(60):
            page.keyboard.press("Tab")
            reached.append(
                page.evaluate(
                    "document.activeElement.className + '|' + document.activeElement.textContent.trim()"
                )
            )
        assert reached[0] == "skip|Skip to the leaderboard"
        for expected in ("Leaderboard", "DeepSeek-R1", "Value score/price"):
            assert any(each.endswith(f"|{expected}") for each in reached)


def test_two_answers_side_by_side(browser: Browser, small: Path) -> None:
    with opened(browser, small, "#sample-dijkstra--hunyuan-turbo--1") as page:
        button = plain(page, "#sample-dijkstra--hunyuan-turbo--1 h4 button")
        button.click()
        dialog = plain(page, "#compare")
        expect(dialog).to_be_visible()
        expect(dialog.locator("h2")).to_contain_text("is ahead by")
        assert page.evaluate("location.hash").count("sample-dijkstra--") == 3
        dialog.locator("[name=left]").select_option("sample-dijkstra--deepseek-r1--3")
        expect(dialog.locator(".half.left").nth(3)).to_be_visible()
        left = dialog.locator(".half:not(.void):nth-child(1)").count() + _hidden(page)
        assert left == plain(page, "#sample-dijkstra--deepseek-r1--3 .code .l").count()
        dialog.locator("[name=left]").select_option("sample-dijkstra--hunyuan-turbo--2")
        expect(dialog.locator(".half.left")).to_have_count(0)
        page.keyboard.press("Escape")
        expect(dialog).not_to_be_visible()
        assert "compare" not in page.evaluate("location.hash")


def _hidden(page: Page) -> int:
    texts = plain(page, "#compare .unfold").all_text_contents()
    return sum(int(text.split()[0]) for text in texts)


def test_a_link_to_a_comparison_opens_it(browser: Browser, waiting: Path) -> None:
    with opened(browser, waiting) as page:
        ids = (
            plain(page, "section.task")
            .nth(3)
            .locator(".samples")
            .evaluate_all("all => all.map((each) => each.id)")
        )
        one, other = (id_.replace("answer-", "sample-") for id_ in ids[:2])
        page.evaluate(f"location.hash = '#&compare={one}--2,{other}--5'")
        expect(plain(page, "#compare h2")).to_be_visible()
        assert plain(page, "#compare .half.right").count() > 0


def test_answers_of_a_large_run_are_drawn_on_demand(browser: Browser, waiting: Path) -> None:
    with opened(browser, waiting) as page:
        assert plain(page, "article.sample").count() == 0
        plain(page, "#matrix td.cell a").nth(5).click()
        sample = plain(page, "article.sample").first
        expect(sample).to_be_visible()
        assert plain(page, "article.sample").count() == 7
        assert sample.locator(".code .l").count() > 5
        assert sample.locator(".code .tk").count() > 0
        expect(sample.get_by_text("Where each point went")).to_be_visible()


def test_a_link_to_a_sample_that_is_not_drawn_yet(browser: Browser, waiting: Path) -> None:
    with opened(browser, waiting) as page:
        id_ = plain(page, ".samples").nth(20).get_attribute("id")
        assert id_ is not None
    sample = id_.replace("answer-", "sample-") + "--6"
    with opened(browser, waiting, f"#{sample}") as page:
        expect(plain(page, f"#{sample}")).to_be_in_viewport()
