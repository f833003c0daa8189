from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.errors import TaskError
from pytest_llmbench.tasks.prompt import numbered, render_prompt


def render(prompt, folder, files=None, variables=None):
    return render_prompt(prompt, folder, files=files or {}, variables=variables or {})


def test_a_text_is_the_prompt(tmp_path):
    text = "Write {{ this }} as it stands.\nSee notes.md"
    assert render(text, tmp_path) == text


@pytest.mark.parametrize("name", ["prompt.md", "prompt.txt"])
def test_a_files_name_stands_for_the_file(tmp_path, name):
    (tmp_path / name).write_text("Write {{ this }} ünchanged.\n", encoding="utf-8")
    assert render(name, tmp_path) == "Write {{ this }} ünchanged."


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(TaskError, match=r"prompt: there is no file .*prompt\.md"):
        render("prompt.md", tmp_path)


def test_a_file_that_is_not_utf8_is_named(tmp_path):
    (tmp_path / "prompt.md").write_bytes(b"\xff\xfe")
    with pytest.raises(TaskError, match=r"prompt\.md is not UTF-8"):
        render("prompt.md", tmp_path)


def test_files_and_variables_make_it_a_template(tmp_path):
    (tmp_path / "service.go").write_text("package main\n\nfunc main() {}\n")
    (tmp_path / "prompt.md").write_text("Review {{ name }}:\n{{ service | numbered }}\n")
    prompt = render("prompt.md", tmp_path, {"service": "service.go"}, {"name": "<it>"})
    assert prompt == "Review <it>:\n1 | package main\n2 |\n3 | func main() {}"


def test_j2_is_a_template_without_either(tmp_path):
    (tmp_path / "prompt.j2").write_text("{{ 1 + 1 }}")
    assert render("prompt.j2", tmp_path) == "2"


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{{ nmae }}", r"the prompt: 'nmae' is undefined; given are: name"),
        ("{{ name", r"the prompt:1: unexpected end of template"),
        ("{{ name | shout }}", r"the prompt:1: No filter named 'shout'"),
    ],
)
def test_a_template_that_is_not_right_says_where(tmp_path, template, message):
    with pytest.raises(TaskError, match=message):
        render(template, tmp_path, variables={"name": "x"})


def test_a_template_in_a_file_names_file_and_line(tmp_path):
    (tmp_path / "prompt.j2").write_text("fine\n{% if %}\n")
    with pytest.raises(TaskError, match=r"prompt\.j2:2: "):
        render("prompt.j2", tmp_path)


def test_a_missing_template_file_names_the_variable(tmp_path):
    with pytest.raises(TaskError, match=r"files\['service'\]: there is no file"):
        render("{{ service }}", tmp_path, {"service": "service.go"})


def test_numbers_line_up():
    assert numbered("\n".join("x" * 10)).split("\n")[0] == " 1 | x"


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=("C", "Z"))), min_size=1))
def test_numbering_keeps_every_line(lines):
    found = numbered("\n".join(lines) + "\n").split("\n")
    assert [line.partition("|")[2].removeprefix(" ") for line in found] == lines
