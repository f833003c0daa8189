"""What holds for any reply at all."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from pytest_llmbench.answers.cleaning import clean
from pytest_llmbench.answers.extract import extract
from pytest_llmbench.tasks.language import LANGUAGES

FRAGMENTS = [
    *[
        "```",
        "````",
        "~~~",
        "`",
        "```python\n",
        "```js\n",
        "```ts\n",
        "```go\n",
        "```json\n",
        "```markdown\n",
    ],
    *[
        "<think>",
        "</think>",
        "<thinking>",
        "\n",
        "\n\n",
        "\r\n",
        "\r",
        "\0",
        "\ufeff",
        "\u2028",
        "\ud800",
        "\t",
    ],
    *["    ", "  ", "> ", "- ", "1. ", "# ", "---\n", "<div>", "[a]: b\n", '"""', "'''", '"', "'", "\\", "#"],
    *[
        "def flatten(x):\n    return x\n",
        "import os\n",
        "print(flatten([1]))\n",
        "x = 1\n",
        "@cached\n",
        "else:\n",
    ],
    *[
        "export function flatten() {\n",
        "}\n",
        "const a = ",
        "import { a } from './b';\n",
        "/*",
        "*/",
        "//",
        "${",
    ],
    *[
        "package main\n",
        "func flatten() {\n",
        "type (\n",
        "Some words.\n",
        "return helper(x)\n",
        "(",
        "[",
        "{",
    ],
]
replies = st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join) | st.text()
names = st.sampled_from([(), ("flatten",), ("flatten", "helper"), ("Stack.push",), ("",), ("not a name(",)])
languages = st.sampled_from(LANGUAGES)

# Text of one line that opens no fence and holds nothing that a reply is cleaned of.
line_text = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\n\r\0`~<"), max_size=30)


@given(replies, languages, names, st.booleans())
def test_any_reply_gives_an_answer(reply, language, needed, truncated):
    answer = extract(reply, language=language, names=needed, truncated=truncated)
    assert (answer.code is None) == (answer.found == "none")
    if answer.code is not None:
        assert answer.code.strip()
        assert answer.code.endswith("\n")


@given(replies, languages, names)
def test_the_same_reply_gives_the_same_answer(reply, language, needed):
    first, second = (extract(reply, language=language, names=needed) for _ in range(2))
    assert first == second


@given(
    st.lists(line_text), st.lists(line_text), st.lists(line_text), languages, st.sampled_from(["```", "~~~"])
)
def test_code_in_a_fence_comes_back_byte_for_byte(before, inside, after, language, marker):
    code = "\n".join(["flatten = 1", *inside]) + "\n"
    reply = "\n".join([*before, "", f"{marker}{language}", f"{code}{marker}", "", *after])
    answer = extract(reply, language=language, names=())
    assert (answer.code, answer.found) == (code, "tagged_fence")


@given(st.lists(line_text), st.lists(line_text))
def test_line_ends_of_any_kind_make_no_difference(before, inside):
    lines = [*before, "", "```python", *inside, "flatten = 1", "```", ""]
    answers = [extract(end.join(lines), language="python", names=()).code for end in ("\n", "\r\n", "\r")]
    assert answers[0] == answers[1] == answers[2]


@given(replies, languages, names)
def test_an_answer_in_a_fence_is_the_same_answer(reply, language, needed):
    code = extract(reply, language=language, names=needed).code
    if code is not None:
        marker = "`" * (3 + max(map(len, re.findall("`+", code)), default=0))
        again = extract(f"{marker}{language}\n{code}{marker}\n", language=language, names=needed)
        assert (again.code, again.found) == (code, "tagged_fence")


@given(replies, languages)
def test_a_block_is_where_it_says_it_is(reply, language):
    lines = clean(reply).split("\n")
    for block in extract(reply, language=language, names=()).blocks:
        first = block.code.split("\n")[0].strip()
        assert first in lines[block.line - 1]


@given(replies, languages, names)
@example("\u2028export function flatten() {\nexport function flatten() {\n", "javascript", ())
def test_prose_holds_no_line_of_the_code_that_was_found_without_a_fence(reply, language, needed):
    answer = extract(reply, language=language, names=needed)
    prose = answer.prose.split("\n")
    # No two lines are alike, not even where the white space around the prose is gone.
    if answer.found == "bare" and len({line.strip() for line in reply.split("\n")}) == reply.count("\n") + 1:
        assert not [line for line in answer.code.split("\n") if line.strip() and line in prose]
