"""Compiled templates are kept, and are not needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_up_runs import realistic

from pytest_llmbench.report.compiled import CompiledTemplates
from pytest_llmbench.report.html import render_html, write_html
from pytest_llmbench.report.templating import make_environment


@pytest.mark.parametrize("damage", ["", "cut off", "removed"])
def test_a_page_is_the_same_with_kept_templates(tmp_path: Path, damage: str) -> None:
    folder, page, whole = tmp_path / "a" / "b", tmp_path / "page.html", render_html(realistic())
    write_html(page, realistic(), make_environment(CompiledTemplates(folder)))
    assert page.read_text(encoding="utf-8") == whole
    kept = list(folder.iterdir())
    assert len(kept) >= 5
    assert folder.stat().st_mode & 0o077 == 0
    for path in kept if damage else ():
        path.write_bytes(path.read_bytes()[:-50]) if damage == "cut off" else path.unlink()
    write_html(page, realistic(), make_environment(CompiledTemplates(folder)))
    assert page.read_text(encoding="utf-8") == whole


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    page = tmp_path / "page.html"
    write_html(page, realistic(), make_environment(CompiledTemplates(tmp_path / "file" / "folder")))
    assert page.read_text(encoding="utf-8") == render_html(realistic())
