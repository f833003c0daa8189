from __future__ import annotations

import pytest

from pytest_llmbench.errors import TaskError
from pytest_llmbench.tasks.solutions import find_solutions


@pytest.fixture
def write(tmp_path):
    def do(**files):
        for name, text in files.items():
            path = tmp_path / "solutions" / name.replace("__", "/").replace("_dot_", ".")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return do


def test_no_folder_no_solutions(tmp_path):
    assert find_solutions(tmp_path, "double", "python") == ()


def test_references_come_first_then_the_faulty_by_name(write):
    folder = write(
        faulty_b_dot_py="# caught by: one\nb = 1\n",
        reference_z_dot_py="z = 1\n",
        faulty_a_dot_py="# caught by: one; two\na = 1\n",
        reference_dot_py="r = 1\n",
    )
    found = find_solutions(folder, "double", "python")
    assert [(s.name, s.kind, s.caught_by, s.text) for s in found] == [
        ("reference", "reference", (), "r = 1\n"),
        ("reference_z", "reference", (), "z = 1\n"),
        ("faulty_a", "faulty", ("one", "two"), "a = 1\n"),
        ("faulty_b", "faulty", ("one",), "b = 1\n"),
    ]


@pytest.mark.parametrize(
    ("language", "name", "comment"),
    [
        ("javascript", "faulty_x_dot_mjs", "// caught by: one"),
        ("typescript", "faulty_x_dot_ts", "// caught by: one"),
        ("go", "faulty_x_dot_go", "//caught by:one"),
        ("go", "faulty_x_dot_md", "<!-- caught by: one -->"),
        ("python", "faulty_x_dot_py", "# caught by:  one  "),
    ],
)
def test_the_comment_is_that_of_the_language(write, language, name, comment):
    (found,) = find_solutions(write(**{name: f"{comment}\nrest\n"}), "double", language)
    assert (found.caught_by, found.text, found.reply) == (("one",), "rest\n", name.endswith("md"))


def test_files_of_other_languages_are_no_solutions(write):
    folder = write(reference_dot_py="x = 1\n", README_dot_rst="", reference_dot_go="package x\n")
    assert [s.path.name for s in find_solutions(folder, "double", "python")] == ["reference.py"]


def test_tasks_that_share_a_folder_have_folders_of_their_own(write):
    folder = write(double__reference_dot_py="mine = 1\n", triple__reference_dot_py="other = 1\n")
    assert [s.text for s in find_solutions(folder, "double", "python")] == ["mine = 1\n"]


@pytest.mark.parametrize(
    "first", ["x = 1", "# caught by:", "# caught by: ;", "# caught: one", "", "// caught by: x"]
)
def test_a_faulty_solution_says_what_has_to_catch_it(write, first):
    with pytest.raises(
        TaskError, match=r"faulty_x\.py:1: the first line .* '# caught by: keeps a string whole'"
    ):
        find_solutions(write(faulty_x_dot_py=f"{first}\nx = 1\n"), "double", "python")


def test_any_other_name_is_refused(write):
    with pytest.raises(TaskError, match=r"solution\.py: a solution's name starts with"):
        find_solutions(write(solution_dot_py="x = 1\n"), "double", "python")


def test_a_file_that_is_not_utf8_is_named(write):
    folder = write(reference_dot_py="")
    (folder / "solutions" / "reference.py").write_bytes(b"\xff")
    with pytest.raises(TaskError, match=r"reference\.py is not UTF-8"):
        find_solutions(folder, "double", "python")
