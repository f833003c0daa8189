"""The cost of a reply is linear in its length, whatever its shape."""

from __future__ import annotations

import time

import pytest

from pytest_llmbench.answers.extract import extract

FUNCTION = "def flatten(x):\n    return x\n"

# Shapes by the unit that is repeated.
SHAPES = {
    "fences": "```python\nx\n```\n",
    "fences with the name": f"```python\n{FUNCTION}```\n",
    "fences that open": "```python\n",
    "fences of two kinds": "```\n~~~\n",
    "fences in a list": "- ```\n",
    "fences in a quote": "> ```\n\n",
    "fences in quoted lists": "> - ```\n\n",
    "fences in docstrings": '```python\n"""\n```\n',
    "words behind fences": "```python\nx\n``` words\n",
    "wrapped fences": "````markdown\n```python\nx = 1\n```\n````\n",
    "backticks": "`",
    "spaced backticks": "` ",
    "tildes": "~",
    "quotes": "> ",
    "lists": "- ",
    "list items": "- a\n",
    "reasoning that opens": "<think>",
    "reasoning that opens lines": "a <think>\n",
    "reasoning that closes": "</think>\n",
    "reasoning on one line": "<think></think>",
    "reasoning on many lines": "<think>\n</think>\n",
    "indented code": "    x\n\na\n\n",
    "bare code": "x = 1\n",
    "bare code and prose": "x = 1\ny z\n",
    "bare strings": 'x = """\n',
    "bare comments": "/* a\n",
    "decorators": "@a\n",
    "blank lines": "\n",
    "spaces": " ",
    "returns": "\r",
    "headings": "# a\n",
    "brackets": "[",
    "less than": "<a\n",
}
CODE_SHAPES = {
    "brackets of any kind": "([{",
    "dotted import": "import a.a.",
    "imports": "import\n",
    "regular expressions": "=/[",
    "templates": "`${",
    "functions": "function f()\n",
    "patterns": "const {a ",
    "parameters": "(a): ",
    "comments": "/*",
    "methods": "func (a ",
    "groups": "type (\n\ta int\n",
    "quotes": "'",
    "strings": '"""',
    "backslashes": "\\",
    "minus": "-",
    "names": "a, ",
    "statements": "x = [1, 2]\n",
}


def cost(reply, language):
    """CPU seconds of this thread: other processes' load does not count."""
    start = time.thread_time()
    extract(reply, language=language, names=("flatten",))
    return time.thread_time() - start


def grows_linearly(reply_of, language):
    """Whether four times the text costs less than eight times the time; quadratic would be sixteen."""
    small, large = reply_of(10_000), reply_of(40_000)
    for _ in range(4):
        before, after = (min(cost(reply, language) for _ in range(2)) for reply in (small, large))
        if after < max(8 * before, 0.04):
            return True
    return False


def repeated(shape, size):
    return shape * (size // len(shape))


@pytest.mark.slow
@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_shapes_of_replies(shape):
    assert grows_linearly(lambda size: repeated(shape, size), "python")


@pytest.mark.slow
@pytest.mark.parametrize("shape", CODE_SHAPES.values(), ids=CODE_SHAPES)
def test_shapes_of_bare_code(shape):
    assert grows_linearly(lambda size: repeated(shape, size), "python")


@pytest.mark.slow
@pytest.mark.parametrize("language", ["python", "javascript", "go"])
@pytest.mark.parametrize("shape", CODE_SHAPES.values(), ids=CODE_SHAPES)
def test_shapes_of_code_in_a_fence(shape, language):
    # With the name in it, the code is surveyed for what it defines.
    assert grows_linearly(lambda size: f"```{language}\nflatten{repeated(shape, size)}\n```\n", language)


@pytest.mark.slow
@pytest.mark.parametrize(
    "shape", ["```python\nx\n```\n", "`", "<think>", "</think>\n", "> ", "- ", "- ```\n", "x = 1\n"]
)
def test_a_megabyte_takes_seconds(shape):
    reply = shape * (1_000_000 // len(shape))
    assert cost(reply, "python") < 15


def test_deep_nesting_is_cut_off_and_what_follows_is_found():
    deep = "".join(f"{'> ' * depth}a\n" for depth in range(200))
    answer = extract(f"{deep}\n```python\n{FUNCTION}```\n", language="python", names=("flatten",))
    assert answer.code == FUNCTION


def test_code_in_ten_levels_of_quotes_is_found():
    lines = f"```python\n{FUNCTION}```".split("\n")
    reply = "\n".join("> " * 10 + line for line in lines)
    assert extract(reply, language="python", names=("flatten",)).code == FUNCTION
