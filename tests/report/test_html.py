"""The HTML page: well formed, self-contained, policed, with links that lead somewhere, whatever is in it."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_runs import (
    HOSTILE,
    MODELS,
    TASKS,
    VALUES,
    compared,
    document_of_scores,
    embedded,
    hostile,
    nothing_ranked,
    realistic,
    run_part,
    sample,
)

from pytest_llmbench.errors import UsageError
from pytest_llmbench.models.model import Model
from pytest_llmbench.report.document import AnswerPart, RunDocument, SamplePart
from pytest_llmbench.report.html import render_html, write_html
from pytest_llmbench.report.json_file import read_document, write_json
from pytest_llmbench.report.leaderboard import build_document
from pytest_llmbench.scoring.scorecard import AxisScores

SVG = "{http://www.w3.org/2000/svg}"


def nothing_run() -> RunDocument:
    return build_document(run_part(), (), (), {})


def nothing_known() -> RunDocument:
    """Models and samples of which hardly a number is known."""
    models = tuple(Model(id=id_, provider="p") for id_ in ("a", "b"))
    bare = SamplePart(index=0, status="scored", total=5.0, axes=AxisScores())
    samples = {("flatten", "a"): (bare,), ("flatten", "b"): (bare,), ("dijkstra", "a"): (bare,)}
    return build_document(run_part(versions={}, pass_mark=0.0), (TASKS[0], TASKS[2]), models, samples)


def many_models() -> RunDocument:
    """More models than names fit into a picture."""
    models = tuple(
        Model(id=f"model-{n}", provider="p", price_output=0.1 * 1.2**n, router=n == 3) for n in range(30)
    )
    samples = {
        ("flatten", m.id): tuple(sample(i, 5 + n / 8 + i / 5) for i in range(3)) for n, m in enumerate(models)
    }
    return build_document(run_part(), TASKS[:1], models, samples)


EVERY = [
    realistic,
    compared,
    embedded,
    nothing_ranked,
    hostile,
    document_of_scores,
    nothing_run,
    nothing_known,
    many_models,
]
Make = Callable[[], RunDocument]


def parse(text: str) -> Element:
    """Parse as a browser does; any error of syntax fails."""
    root: Element = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    return root


def everything(root: Element, name: str) -> list[Element]:
    return [element for element in root.iter() if element.tag in {name, SVG + name}]


def scripts(root: Element) -> list[Element]:
    """The script elements that run; others hold data, whatever text is in it."""
    return [element for element in everything(root, "script") if element.get("type") is None]


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def by_id(root: Element, id_: str) -> Element:
    (found,) = [element for element in root.iter() if element.get("id") == id_]
    return found


def leaderboard(root: Element) -> dict[str, list[str]]:
    """The leaderboard's cells in words, by model."""
    rows = everything(everything(by_id(root, "board"), "tbody")[0], "tr")
    return {
        words(everything(row, "a")[0]): [words(cell) for cell in row if cell.tag in {"td", "th"}]
        for row in rows
    }


@pytest.fixture(scope="module")
def pages() -> dict[Make, str]:
    return {make: render_html(make()) for make in EVERY}


@pytest.fixture(scope="module")
def roots(pages: dict[Make, str]) -> dict[Make, Element]:
    return {make: parse(page) for make, page in pages.items()}


@pytest.mark.parametrize("make", EVERY)
def test_the_page_is_well_formed(make: Make, roots: dict[Make, Element]) -> None:
    root = roots[make]
    assert len(everything(root, "h1")) == 1
    assert root.get("lang") == "en"


@pytest.mark.parametrize("make", EVERY)
def test_ids_are_unique_and_every_link_leads_somewhere(make: Make, roots: dict[Make, Element]) -> None:
    root = roots[make]
    ids = Counter(element.get("id") for element in root.iter() if element.get("id"))
    assert [id_ for id_, number in ids.items() if number > 1] == []
    links = {link.get("href") for link in everything(root, "a")}
    assert {link for link in links if not (link or "").startswith("#")} == set()
    assert {link for link in links if (link or "")[1:] not in ids} == set()
    named = [element.get("aria-labelledby") for element in root.iter() if element.get("aria-labelledby")]
    assert {name for name in named if name not in ids} == set()


@pytest.mark.parametrize("make", EVERY)
def test_nothing_is_loaded_and_nothing_runs_but_our_own(make: Make, roots: dict[Make, Element]) -> None:
    root = roots[make]
    tags = Counter(str(element.tag) for element in root.iter())
    assert (len(scripts(root)), tags["style"]) == (1, 1)
    assert tags["script"] == 2
    loading = {
        "link",
        "img",
        "iframe",
        "object",
        "embed",
        "base",
        "form",
        "video",
        "audio",
        "source",
        "image",
        "use",
    }
    assert loading & {tag.removeprefix(SVG) for tag in tags} == set()
    attributes = {name for element in root.iter() for name in element.attrib}
    assert {name for name in attributes if name.startswith("on")} == set()
    assert attributes & {"src", "srcset", "style", "action", "poster", "background"} == set()
    style = everything(root, "style")[0].text or ""
    assert re.findall(r"url\(|@import|expression", style) == []


@pytest.mark.parametrize("make", EVERY)
def test_the_policy_names_the_style_and_the_script_by_their_hashes(
    make: Make, roots: dict[Make, Element]
) -> None:
    root = roots[make]
    (policy,) = [
        element.get("content") or ""
        for element in everything(root, "meta")
        if element.get("http-equiv") == "Content-Security-Policy"
    ]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert set(rules) == {"default-src", "style-src", "script-src", "base-uri", "form-action"}
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    for name, element in (("style", everything(root, "style")[0]), ("script", scripts(root)[0])):
        text = element.text or ""
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[f"{name}-src"] == f"'sha256-{digest}'"


def test_the_policy_stands_before_all_that_it_polices(pages: dict[Make, str]) -> None:
    text = pages[realistic]
    assert text.index("Content-Security-Policy") < text.index("<style") < text.index("<script")
    assert text.index("Content-Security-Policy") < 300


def test_scrolling_tables_have_a_name_and_can_be_focused(roots: dict[Make, Element]) -> None:
    root = roots[realistic]
    regions = [element for element in root.iter() if element.get("class", "").split()[:1] == ["scroll"]]
    assert len(regions) > 10
    for region in regions:
        assert (region.get("role"), region.get("tabindex")) == ("region", "0")
    assert Counter(region.get("aria-label") for region in regions).most_common(1)[0][1] == 1


def test_pictures_have_a_text_for_those_who_do_not_see_them(roots: dict[Make, Element]) -> None:
    for picture in everything(roots[realistic], "svg"):
        assert picture.get("aria-hidden") or picture.get("aria-label") or picture.get("aria-labelledby")


def test_published_values_and_the_trophy_are_in_the_leaderboard(roots: dict[Make, Element]) -> None:
    rows = leaderboard(roots[document_of_scores])
    titles = {model.title: model.id for model in MODELS}
    for title, cells in rows.items():
        expected = VALUES[titles[title]]
        trophy = "🏆 best value, " if title == "DeepSeek V4 Flash" else ""
        asterisk = "*" if title == "Ga-Standard" else ""
        assert f"{trophy}{expected}{asterisk}" in cells
    assert list(rows)[:3] == ["DeepSeek-R1", "DeepSeek V4 Pro", "Kimi K2.5"]
    assert rows["DeepSeek-R1"][0] == "1, gold medal"
    assert rows["Ga-Standard"][1].startswith("Ga-Standard*")


def test_each_answer_can_be_reached_in_two_steps(roots: dict[Make, Element]) -> None:
    root = roots[realistic]
    row = everything(everything(by_id(root, "board"), "tbody")[0], "tr")[0]
    matrix_row = by_id(root, (everything(row, "a")[0].get("href") or "")[1:])
    cells = [link.get("href") or "" for link in everything(matrix_row, "a")]
    assert len(cells) == 5
    answers = by_id(root, cells[0][1:])
    assert len(everything(answers, "article")) == 3


def test_an_answer_shows_its_code_checks_findings_and_call(roots: dict[Make, Element]) -> None:
    text = words(by_id(roots[realistic], "answer-dijkstra--hunyuan-turbo"))
    for expected in (
        "while (queue.length)", "Quality. `any` gives up type safety", "no-explicit-any", "\u22120.4",
        "failed: 100,000 edges in time", "timeout: 10 s of CPU time used up", "passed: ", "Tokens out",
        "Answered byhunyuan-turbo-0901", "fence with the language's tag", "Reply as the model gave it",
        "not judged: the call failed", "HTTP 503 from http://127.0.0.1:8000/v1",
    ):  # fmt: skip
        assert expected in text


def test_winners_are_named_and_ties_too() -> None:
    samples = {("flatten", one.id): (sample(0, 8.0),) for one in MODELS[:2]}
    samples |= {("dijkstra", one.id): (sample(0, 8.0 + n),) for n, one in enumerate(MODELS[:2])}
    root = parse(render_html(build_document(run_part(), (TASKS[0], TASKS[2]), MODELS[:2], samples)))
    assert "A tie at 8.0: DeepSeek Coder and DeepSeek V4 Flash." in words(by_id(root, "task-flatten"))
    assert "DeepSeek Coder wins with 9.0." in words(by_id(root, "task-dijkstra"))
    assert "DeepSeek Coder and DeepSeek V4 Flash (tied)" in words(by_id(root, "matrix"))


def test_the_unranked_are_listed_with_their_reason(roots: dict[Make, Element]) -> None:
    root = roots[nothing_known]
    assert "b : no score for dijkstra (not run). 1 of 6 samples judged." in words(by_id(root, "leaderboard"))
    assert "No model could be ranked" in words(everything(roots[nothing_ranked], "h1")[0])


def test_one_model_without_a_price_has_no_columns_of_dashes(roots: dict[Make, Element]) -> None:
    text = words(by_id(roots[embedded], "leaderboard"))
    assert "Value" not in text
    assert "1 cut off" in text
    assert "1 without code" in text


def test_many_models_have_numbers_in_the_picture(roots: dict[Make, Element]) -> None:
    text = words(by_id(roots[many_models], "price"))
    assert "Numbers are ranks: 1 model-29, 2 model-28" in text


def test_hostile_text_is_shown_as_text(pages: dict[Make, str]) -> None:
    page = pages[hostile]
    assert "<script>alert" not in page
    assert "{{ 7*7 }}" in page
    assert "\u202e" not in page
    assert "\x1b" not in page
    root = parse(page)
    replies = [words(element) for element in everything(root, "pre")]
    assert any("</script></style></title>" in reply and "[U+202E]txt.exe" in reply for reply in replies)


@settings(max_examples=10, deadline=None)
@given(st.text(st.characters(exclude_categories=()), min_size=1, max_size=80))
def test_any_text_anywhere_leaves_the_page_well_formed(text: str) -> None:
    root = parse(render_html(hostile(text)))
    tags = Counter(str(element.tag) for element in root.iter())
    assert len(scripts(root)) == 1
    assert (tags["script"], tags["style"], tags["img"]) == (2, 1, 0)


@pytest.mark.parametrize(
    "text",
    ["x" * 1_000_000, HOSTILE * 5_000, "\x1b" * 1_000_000, "&" * 1_000_000, "\n" * 1_000_000, "( " * 500_000,
     "e" + "\u0301" * 500_000],
    ids=["line", "markup", "controls", "ampersands", "lines", "brackets", "accents"],
)  # fmt: skip
def test_a_megabyte_in_every_field_is_quick_and_stays_small(text: str) -> None:
    document = hostile(text)
    began = time.process_time()
    page = render_html(document)
    assert time.process_time() - began < 20
    assert len(page) < 5_000_000


def test_what_is_cut_is_said_to_be() -> None:
    answer = AnswerPart(code="x" * 100_000, reply="y" * 100_000)
    samples = {("flatten", MODELS[0].id): (sample(0, 8.0, answer=answer),)}
    text = words(parse(render_html(build_document(run_part(), TASKS[:1], MODELS[:1], samples))))
    assert "98,000 more characters of code: the JSON file has all of it." in text
    assert "[… 80,000 more characters, which the JSON file has]" in text


def test_a_document_that_was_read_back_gives_the_same_page(tmp_path: Path, pages: dict[Make, str]) -> None:
    write_json(tmp_path / "out.json", realistic())
    assert render_html(read_document(tmp_path / "out.json")) == pages[realistic]


def test_the_page_is_written_whole(tmp_path: Path, pages: dict[Make, str]) -> None:
    write_html(tmp_path / "deep" / "report.html", embedded())
    assert (tmp_path / "deep" / "report.html").read_text(encoding="utf-8") == pages[embedded]
    with pytest.raises(UsageError, match="cannot write the HTML report to "):
        write_html(tmp_path / "deep" / "report.html" / "x.html", embedded())


def palettes(style: str) -> Iterator[dict[str, str]]:
    """The colours of the light, the dark and the printed page."""
    light: dict[str, str] = {}
    for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL):
        colours = dict(re.findall(r"--(\w+): (#[0-9a-f]{6});", block))
        light = light or colours
        yield {**light, **colours}


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2, https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    lights = []
    for colour in (one, other):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def test_text_and_marks_have_enough_contrast(roots: dict[Make, Element]) -> None:
    style = everything(roots[embedded], "style")[0].text or ""
    found = list(palettes(style))
    assert len(found) == 3
    for colours in found:
        for text in ("ink", "soft", "dim", "blue", "gold", "bad", "good", "tk", "ts", "tn", "tc", "tf", "tb"):
            for ground in ("paper", "panel"):
                assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
        for text in ("ink", "soft", "dim", "gold", "tk", "ts", "tn", "tc", "tf", "tb"):
            assert contrast(colours[text], colours["glow"]) >= 4.5, (text, "glow")
        for ground in ("s1", "s2", "s3", "s4", "s5", "alarm", "left", "right", "p1", "p2", "p3"):
            assert contrast(colours["ink"], colours[ground]) >= 4.5, ground
        assert contrast(colours["bad"], colours["alarm"]) >= 4.5
        assert contrast(colours["edge"], colours["paper"]) >= 3
