"""The shapes that replies come in, one test each."""

from __future__ import annotations

import pytest

from pytest_llmbench.answers.extract import extract

CODE = 'def flatten(items):\n    """Flatten."""\n    return list(items)\n'
OTHER = "print(flatten([1, [2]]))\n"
JAVASCRIPT = "export function flatten(items) {\n  return items.flat(Infinity);\n}\n"


def take(reply, language="python", names=("flatten",), truncated=False):
    return extract(reply, language=language, names=names, truncated=truncated)


def fenced(code=CODE, tag="python", marker="```"):
    return f"{marker}{tag}\n{code}{marker}\n"


def indented(code, by="    "):
    return "".join(f"{by}{line}\n" if line else "\n" for line in code.removesuffix("\n").split("\n"))


@pytest.mark.parametrize("marker", ["```", "````", "``````````", "~~~", "~~~~~"])
def test_fences_of_any_marker(marker):
    answer = take(f"Here it is:\n\n{fenced(marker=marker)}\nBye.\n")
    assert (answer.code, answer.found, answer.notes) == (CODE, "tagged_fence", ())
    assert answer.prose == "Here it is:\n\n\nBye."
    (block,) = answer.blocks
    assert (block.language, block.code, block.line, block.closed) == ("python", CODE, 4, True)


@pytest.mark.parametrize("tag", ["py", "Python3", "{.python}", 'python title="flatten.py"', " python"])
def test_fences_of_any_tag(tag):
    answer = take(fenced(tag=tag))
    assert (answer.code, answer.found) == (CODE, "tagged_fence")


@pytest.mark.parametrize("tag", ["js", "mjs", "javascript", "node", "JS"])
def test_tags_of_javascript(tag):
    assert take(fenced(JAVASCRIPT, tag), "javascript").found == "tagged_fence"


@pytest.mark.parametrize("tag", ["ts", "typescript"])
def test_tags_of_typescript(tag):
    assert take(fenced(JAVASCRIPT, tag), "typescript").found == "tagged_fence"


def test_an_untagged_fence():
    answer = take(fenced(tag=""))
    assert (answer.code, answer.found) == (CODE, "untagged_fence")


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_other_line_ends(line_end):
    answer = take(f"Here:\n\n{fenced()}".replace("\n", line_end))
    assert (answer.code, answer.blocks[0].line) == (CODE, 4)


def test_a_byte_order_mark():
    assert take(f"\ufeff{fenced()}").code == CODE


def test_nul_becomes_the_replacement_character():
    assert take(fenced("flatten = '\0'\n")).code == "flatten = '\ufffd'\n"


def test_surrogates_become_characters():
    assert take(fenced("flatten = '\ud83d\ude80 \ud800'\n")).code == "flatten = '\U0001f680 \ufffd'\n"


def test_line_separators_of_unicode_end_no_line():
    code = "flatten = 'a\u2028b\x0bc\x85d'\n"
    assert take(fenced(code)).code == code


@pytest.mark.parametrize(
    ("first", "rest"),
    [("1. ", "   "), ("- ", "  "), ("> ", "> "), ("> 1. ", ">    "), ("* a\n\n  - ", "    ")],
)
def test_a_fence_in_a_list_or_a_quote(first, rest):
    lines = fenced().removesuffix("\n").split("\n")
    reply = first + f"\n{rest}".join(lines) + "\n"
    answer = take(reply)
    assert (answer.code, answer.found) == (CODE, "tagged_fence")


def test_an_indented_fence_below_a_list_item():
    assert take(f"1. The function:\n\n{indented(fenced(), '   ')}\n2. Done.\n").code == CODE


def test_a_fence_in_a_list_whose_code_is_not_indented():
    answer = take(f"1. The function:\n   ```python\n{CODE}   ```\n")
    assert (answer.code, answer.found) == (CODE, "bare")


def test_a_fence_right_under_an_html_tag():
    assert take(f"<details>\n<summary>Code</summary>\n{fenced()}</details>\n").code == CODE
    assert take(f"<answer>\n{fenced()}</answer>\n").code == CODE


def test_an_indented_block():
    answer = take(f"Here it is:\n\n{indented(CODE)}\nThat is all.\n")
    assert (answer.code, answer.found) == (CODE, "indented")
    assert answer.notes == ("indented code without a fence",)
    assert answer.prose == "Here it is:\n\n\nThat is all."


def test_a_reply_that_is_code_and_nothing_else():
    code = f"import os\n\n\n{CODE}\n\nif __name__ == '__main__':\n    print(flatten([]))\n"
    answer = take(code)
    assert (answer.code, answer.found, answer.prose, answer.blocks) == (code, "bare", "", ())


@pytest.mark.parametrize("names", [("flatten",), ()])
def test_a_module_between_prose_without_a_fence(names):
    code = f'"""Flattening.\n\nNot deep.\n"""\n\nimport os\n\n\n@cached\n{CODE}'
    answer = take(f"Sure: here you are.\n\n{code}\nUse it well (or not).\n", names=names)
    assert (answer.code, answer.found) == (code, "bare")
    assert answer.prose == "Sure: here you are.\n\n\nUse it well (or not)."


def test_prose_that_looks_like_a_statement_is_left_out_of_bare_code():
    answer = take(f"flatten(items) opens a list, as follows.\n{CODE}\nflatten([1]) gives [1].\n")
    assert answer.code == CODE


def test_a_heading_above_bare_code_is_no_comment():
    answer = take(f"# Solution\n\n{CODE}\n## Notes\n\nNone.\n")
    assert answer.code == CODE
    assert answer.prose == "# Solution\n\n\n## Notes\n\nNone."


def test_bare_code_of_javascript():
    answer = take(f"Here is the module.\n\n{JAVASCRIPT}\nIt needs no dependency.\n", "javascript")
    assert (answer.code, answer.found) == (JAVASCRIPT, "bare")


def test_bare_code_of_go():
    head = 'package main\n\nimport (\n\t"fmt"\n)\n'
    code = f"{head}\n// Flatten flattens.\nfunc Flatten(\n\ta []any,\n) {{\n\tfmt.Println(`\nx`)\n}}\n"
    answer = take(f"The file:\n\n{code}\nType it in.\n", "go", ("Flatten",))
    assert (answer.code, answer.found) == (code, "bare")


def test_bare_code_that_is_cut_off():
    reply = "Here.\n\nimport os\n\ndef flatten(items):\n    return [x for x in"
    answer = take(reply, truncated=True)
    assert answer.code == reply.removeprefix("Here.\n\n") + "\n"
    assert answer.notes == ("code without a fence", "cut off")


def test_an_opening_fence_that_is_glued_to_prose():
    answer = take(f"Here is the code: ```python\n{CODE}```\n")
    assert (answer.code, answer.found) == (CODE, "bare")


def test_a_fence_inside_a_longer_fence_of_markdown():
    answer = take(f"````markdown\n# Answer\n\n{fenced()}\nDone.\n````\n")
    assert (answer.code, answer.found) == (CODE, "tagged_fence")
    assert answer.prose == "# Answer\n\n\nDone."


@pytest.mark.parametrize("tag", ["markdown", "md", ""])
def test_a_reply_that_is_wrapped_in_a_fence_of_the_same_length(tag):
    answer = take(f"```{tag}\n{fenced()}```\n")
    assert (answer.code, answer.blocks[0].closed, answer.blocks[0].line) == (CODE, True, 3)
    assert len(answer.blocks) == 1


def test_markdown_without_a_fence_in_it_stays_a_block():
    answer = take(f"{fenced()}\n```markdown\n# Read me\n```\n")
    assert [block.language for block in answer.blocks] == ["python", "markdown"]


def test_a_fence_in_a_docstring():
    code = f'"""Flattening.\n\n```\nflatten([1])\n```\n"""\n\n{CODE}'
    answer = take(f"Here:\n\n{fenced(code)}\nDone.\n\n{fenced(OTHER)}")
    assert answer.code == code
    assert answer.notes == ("a fence inside a string did not end the code",)
    assert answer.prose == "Here:\n\n\nDone."
    assert answer.blocks[1].code == OTHER


def test_a_tagged_fence_in_a_docstring():
    code = f'"""Flattening.\n\n```python\nflatten([1])\n```\n"""\n\n{CODE}'
    assert take(fenced(code)).code == code


def test_a_fence_in_an_indented_docstring_ends_nothing():
    docstring = '"""Flatten.\n\n    ```\n    flatten([1])\n    ```\n    """'
    code = f"def flatten(items):\n    {docstring}\n    return items\n"
    answer = take(fenced(code))
    assert (answer.code, answer.notes) == (code, ())


def test_a_closing_fence_that_is_missing():
    answer = take(f"```python\n{CODE}\nUse it like this:\n```python\n{OTHER}```\n")
    assert answer.code == f"{CODE}\nUse it like this:\n"
    assert answer.blocks[1].code == OTHER


def test_a_closing_fence_that_is_missing_behind_another_language():
    answer = take(f"```bash\npip install nothing\n{fenced()}")
    assert (answer.code, answer.found) == (CODE, "tagged_fence")
    assert answer.notes == ("a fence was opened before the last one was closed",)


def test_words_behind_a_closing_fence():
    answer = take(f"```python\n{CODE}``` This is all.\n\n{fenced(OTHER)}")
    assert answer.code == CODE
    assert answer.notes == ("words stand behind a fence",)


@pytest.mark.parametrize("after", ["", "\nThis is all.\n", f"\n\nUsage:\n\n```python\n{OTHER}```\n"])
def test_a_closing_fence_at_the_end_of_the_last_line(after):
    answer = take(f"```python\n{CODE.removesuffix(chr(10))}```{after}")
    assert (answer.code, answer.blocks[0].closed) == (CODE, True)
    assert answer.notes == ("the closing fence stands in a line of code",)


def test_a_marker_at_the_end_of_a_string_or_comment_ends_nothing():
    code = "flatten = 1  # as in ```\nx = '```'\n"
    assert take(fenced(code)).code == code


def test_a_fence_that_is_never_closed():
    answer = take(f"```python\n{CODE}")
    assert (answer.code, answer.blocks[0].closed) == (CODE, False)
    assert answer.notes == ("the fence is not closed",)


def test_a_fence_that_is_cut_off():
    answer = take(f"Sure.\n\n```python\n{CODE}\n\ndef helper(", truncated=True)
    assert answer.code == f"{CODE}\n\ndef helper(\n"
    assert (answer.found, answer.blocks[0].closed) == ("tagged_fence", False)
    assert answer.notes == ("cut off",)


def test_a_reply_that_is_cut_off_in_its_prose_has_whole_code():
    assert take(f"{fenced()}\nThis function", truncated=True).notes == ()


def test_a_reply_that_is_cut_off_before_its_code():
    answer = take("First, let me explain what recursion", truncated=True)
    assert (answer.code, answer.found, answer.notes) == (None, "none", ("cut off before any code",))


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "\n\n",
        "\ufeff",
        "I cannot help with that.",
        "```python\n```\n",
        "```python\n\n   \n```\n",
        "```python\n# your code here\n```\n",
        "```\n[1, 2, 3]\n```\n",
        "```bash\npip install flatten\n```\n",
        "# Flatten\n\nNothing.\n",
        "Use `flatten`.\n\n    pip install it\n",
        "- one\n- two\n",
        "```",
    ],
)
def test_no_code_is_no_answer_and_never_an_empty_program(reply):
    answer = take(reply)
    assert (answer.code, answer.found) == (None, "none")


@pytest.mark.parametrize("language", ["javascript", "typescript", "go"])
def test_comments_alone_are_no_code(language):
    assert take(f"```{language}\n// TODO\n/* later */\n```\n", language).code is None
    assert take("Type in the letter. Import it.\n\nfor example\n", language, ()).code is None


def test_prose_without_code_is_all_prose():
    answer = take("Sorry,\nno `flatten` today.\n")
    assert answer.prose == "Sorry,\nno `flatten` today."
