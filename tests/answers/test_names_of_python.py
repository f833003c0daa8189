from __future__ import annotations

import ast
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.answers.names.masking import mask_python
from pytest_llmbench.answers.names.python import survey_python


@pytest.mark.parametrize(
    ("code", "defines"),
    [
        ("def a(): pass\nasync def b(): pass\nclass C: pass", {"a", "b", "C"}),
        ("a = 1\nb: int = 2\nc, (d, *e) = x\nf += 1", {"a", "b", "c", "d", "e", "f"}),
        ("a: int", set()),
        ("if x:\n    a = 1\nelse:\n    def b(): pass", {"a", "b"}),
        ("try:\n    a = 1\nexcept E:\n    a2 = 1\nfinally:\n    b = 1", {"a", "a2", "b"}),
        ("match x:\n    case 1:\n        a = 1", {"a"}),
        ("for i in x:\n    a = 1\nwith y as z:\n    b = 1", {"i", "a", "z", "b"}),
        ("class C:\n    a = 1\n    def b(self): c = 1", {"C"}),
        ("import a\nfrom b import c", set()),
        ("a.b = 1\nc[d] = 2", set()),
        ("# def a(): pass\n'''\ndef b(): pass\n'''", set()),
        ("a = lambda: 1", {"a"}),
    ],
)
def test_what_the_top_level_defines(code, defines):
    assert survey_python(code).defines == defines


@pytest.mark.parametrize(
    ("code", "defines"),
    [
        ("def a(x):\n    return x +\n", {"a"}),
        ("print 'hello'\n\nclass B(object):\n    def c(self): pass\n", {"B"}),
        ("async def a():\n    yield from (\nb = 1\n'''\ndef no(): pass\n", {"a", "b"}),
        ("a == 1 +\nb: list[int] = [\n", {"b"}),
        (">>> def a(): pass", set()),
    ],
)
def test_a_tolerant_look_at_what_does_not_parse(code, defines):
    survey = survey_python(code)
    assert (survey.parses, survey.defines) == (False, defines)


@pytest.mark.parametrize("broken", ["", "x = = 1\n"])
def test_what_imports_bind(broken):
    code = f"import a.b, c as d\nfrom .e import (f, g as h)\n{broken}"
    assert survey_python(code).imports == {"a", "d", "f", "h"}


def test_what_is_used_and_bound_nowhere():
    code = (
        "import re\n"
        "def a(b, *c, d=e, **f):\n"
        "    for g in h: print(g)\n"
        "    try: return [i for i in j if (k := i)]\n"
        "    except L as m: return lambda n: m.o\n"
        "    match p:\n"
        "        case Q(r=s) | [*s] | {'x': 1, **s}: pass\n"
    )
    assert survey_python(code).uses == {"e", "h", "j", "L", "p", "Q"}


@pytest.mark.parametrize("code", ["", "\n \n", "# TODO\n", "   # only\n# this"])
def test_blank_code(code):
    assert survey_python(code).blank


@pytest.mark.parametrize("code", ["pass", '"""Doc."""', "x = (", "# a\n+ =\n"])
def test_code_that_is_not_blank(code):
    assert not survey_python(code).blank


@pytest.mark.parametrize(
    "code",
    [
        "re = '\\d'",
        "re = b'\\400'",
        "x = 1if y else 2",
        "x = 0xfor y",
        "f = f'\\d{x}'",
        "def f():\n    for i in x:\n        try:\n            pass\n        finally:\n            continue",
    ],
)
def test_a_parse_warns_of_nothing(code):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert survey_python(code).parses
    assert caught == []


@pytest.mark.parametrize(
    "code",
    [
        "(" * 5000,
        "-" * 50_000 + "1",
        "a" + ".b" * 50_000,
        "import " + "a." * 50_000 + "a",
        "elif " * 9999,
        "if a: pass\n" + "elif a: pass\n" * 9999,
        "x = '" + "\\" * 9999,
        "\0",
        "\ufeffx = 1",
    ],
)
def test_code_that_is_too_much_for_the_parser_is_no_harm(code):
    assert survey_python(code).parses is False


def test_masking_leaves_syntax_alone():
    code = "a = 'b' # c\nd = \"\"\"e\n'f'\n\"\"\" + rb'\\'' + 'g\\\nh'\n"
    assert mask_python(code).text == "a = ' '    \nd = \"\"\" \n   \n\"\"\" + rb'  ' + ' \\\n '\n"


@pytest.mark.parametrize(
    ("code", "is_open"), [('"""a', True), ("'''a'''", False), ("'a", False), ("#'''", False)]
)
def test_code_that_ends_inside_a_string(code, is_open):
    assert mask_python(code).open is is_open


@given(st.text(alphabet="a\"'#\\\n ({", max_size=40) | st.text())
def test_masked_code_has_the_lines_of_the_original(code):
    masked = mask_python(code).text
    assert [len(line) for line in masked.split("\n")] == [len(line) for line in code.split("\n")]
    assert masked.count("#") == 0


@given(st.text(alphabet="a\"'#\\\n =", max_size=30))
def test_masking_keeps_what_parses_parsing(code):
    try:
        with warnings.catch_warnings(action="ignore"):
            ast.parse(code)
    except (SyntaxError, ValueError):
        return
    ast.parse(mask_python(code).text)


def test_a_parser_that_another_thread_has_disturbed_is_asked_again(monkeypatch):
    whole, met = ast.parse, []

    def disturbed(text):
        met.append(text)
        if len(met) < 3:
            raise SystemError("AST constructor recursion depth mismatch (before=78, after=62)")
        return whole(text)

    monkeypatch.setattr(ast, "parse", disturbed)
    assert survey_python("def double(number):\n    return 2 * number\n").defines == {"double"}
    assert len(met) == 3
