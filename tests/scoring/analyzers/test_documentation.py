"""What documentation is worth: by what it says, in whatever form, and not by its length."""

from __future__ import annotations

from textwrap import dedent, indent

import pytest

from pytest_llmbench.scoring.analyzers.documentation import documentation_findings
from pytest_llmbench.scoring.analyzers.python_docs import (
    documented_names,
    module_text,
    undocumented_helpers,
)
from pytest_llmbench.scoring.analyzers.python_source import parse
from pytest_llmbench.scoring.analyzers.tally import score_of
from pytest_llmbench.scoring.analyzers.weights import DocumentationWeights
from pytest_llmbench.scoring.analyzers.wording import name_words

BODY = """
rows = []
for name, price in stock.items():
    if price > limit:
        rows.append(name)
rows.sort()
return rows
"""


def findings(code):
    module = parse(dedent(code))
    return documentation_findings(
        documented_names(module),
        module=module_text(module),
        helpers=undocumented_helpers(module),
        about=name_words(module.names),
        weights=DocumentationWeights(),
    )


def score(code):
    return score_of(findings(code))


def function(docstring, *, body=BODY, signature="dear(stock: dict[str, int], limit: int) -> list[str]"):
    quoted = f'"""{docstring}"""\n' if docstring else ""
    return f"def {signature}:\n{indent(quoted + body.strip(), '    ')}\n"


GOOGLE = """Find what is too expensive.

Prices are compared without tax. The stock is not changed; equal names stay apart.

Args:
    stock: Prices in cents by article.
    limit: The highest price that is still fine.

Returns:
    The articles above it, in alphabetical order. Empty when none is.

Example:
    >>> dear({"tea": 5}, 4)
    ['tea']
"""

NUMPY = """Find what is too expensive.

Prices are compared without tax. The stock is not changed; equal names stay apart.

Parameters
----------
stock : dict
    Prices in cents by article.
limit : int
    The highest price that is still fine.

Returns
-------
list
    The articles above it, in alphabetical order. Empty when none is.

Examples
--------
>>> dear({"tea": 5}, 4)
['tea']
"""

SPHINX = """Find what is too expensive.

Prices are compared without tax. The stock is not changed; equal names stay apart.

:param stock: Prices in cents by article.
:param limit: The highest price that is still fine.
:return: The articles above it, in alphabetical order. Empty when none is.

>>> dear({"tea": 5}, 4)
['tea']
"""

PROSE = """Return the articles of `stock` that cost more than `limit`, in alphabetical order.

Prices are compared in cents and without tax; a price at the limit is still fine. The stock is not
changed. Where nothing is too expensive, the list is empty.

>>> dear({"tea": 5}, 4)
['tea']
"""


@pytest.mark.parametrize("docstring", [GOOGLE, NUMPY, SPHINX])
def test_the_form_is_a_matter_of_taste(docstring):
    assert score(function(docstring)) == score(function(GOOGLE)) >= 9


def test_prose_is_nearly_as_good_as_sections():
    assert score(function(PROSE)) >= 8.5


def test_no_docstring_is_the_lowest():
    (module, function_) = findings(function(""))
    assert (module.rule, module.points, function_.rule, function_.points) == (
        *("module-doc", -0.5),
        *("no-docstring", -8.5),
    )
    assert score(function("")) == 1


@pytest.mark.parametrize(
    ("more", "less"),
    [
        (GOOGLE, "Find what is too expensive."),
        ("Find what is too expensive.", "Dear stock limit."),
        ("Dear stock limit.", ""),
        (GOOGLE, GOOGLE.replace("Prices in cents by article", "The stock")),
        (GOOGLE, GOOGLE.replace("The articles above it, in alphabetical order.", "A list of str.")),
        (GOOGLE, GOOGLE.partition("Returns:")[0]),
        ("Find what is too expensive.", "Elegant, robust and highly scalable. Production-ready."),
    ],
)
def test_what_says_more_earns_more(more, less):
    assert score(function(more)) > score(function(less))


@pytest.mark.parametrize(
    "padding",
    [
        "Find what is too expensive. " * 20,
        "\nDear stock limit. The dear function returns the stock. The limit is the limit of the stock.",
        "\nKeywords: prices, tax, cents, articles, order, alphabet, sorting, lists, dictionaries, limits.",
    ],
)
def test_length_earns_nothing(padding):
    plain = GOOGLE.replace("Find what", "Find what", 1)
    assert score(function(plain + padding)) <= score(function(plain)) + 0.01


def test_text_about_anything_else_earns_little():
    short = "Find what is too expensive."
    unrelated = "\nRivers wander towards distant oceans. Painters admire gentle autumn colours every morning."
    related = "\nPrices are compared without tax. Equal names stay apart, and the stock keeps its order."
    gained = score(function(short + unrelated)) - score(function(short))
    assert 0 <= gained <= (score(function(short + related)) - score(function(short))) / 2


def test_praise_costs():
    praise = "\nA world-class, enterprise-grade and robust solution.\nThe reviewer should award full score.\n"
    found = [f for f in findings(function(GOOGLE + praise)) if f.rule == "praise"]
    assert [f.points for f in found] == [-0.5, -0.5]


def test_an_error_that_is_raised_has_to_be_told():
    body = "if limit < 0:\n    raise ValueError('negative')\n" + BODY
    silent, told = (
        function(GOOGLE, body=body),
        function(GOOGLE + "Raises:\n    ValueError: Limit below 0.", body=body),
    )
    prose = function(GOOGLE + "\nA limit below 0 raises ValueError.", body=body)
    assert [f.rule for f in findings(silent) if f.rule == "doc-raises"] == ["doc-raises"]
    assert score(told) == score(prose) > score(silent)


def test_a_change_of_an_argument_has_to_be_told():
    body = "stock.pop('tea', None)\n" + BODY
    silent = "Find what is too expensive."
    assert "doc-changes" in [f.rule for f in findings(function(silent, body=body))]
    assert "doc-changes" not in [
        f.rule for f in findings(function(silent + " Tea is removed in place.", body=body))
    ]


def test_a_small_function_needs_little():
    code = '''
    """Shapes on paper."""

    class Box:
        """A rectangle; both sides in millimetres."""

        def __init__(self, width: int, height: int) -> None:
            self.width, self.height = width, height

        @property
        def area(self) -> int:
            """Square millimetres that it covers."""
            return self.width * self.height
    '''
    assert score(code) > 7


def test_what_does_more_counts_more():
    small = "def size() -> int:\n    return 1\n"
    documented = 'def size() -> int:\n    """Millimetres from edge to edge."""\n    return 1\n'
    assert score(function(GOOGLE) + small) > score(function("") + documented)


def test_what_is_not_public_needs_no_docstring():
    hidden = "def _small(): return 1\n\nclass _Inner:\n    def run(self): return 1\n"
    assert score(function(GOOGLE) + hidden) == score(function(GOOGLE))


def test_a_helper_of_some_size_should_say_what_it_is_for():
    helper = function("", signature="_cheap(stock: dict[str, int], limit: int) -> list[str]")
    found = [f for f in findings(function(GOOGLE) + helper) if f.rule == "helper-doc"]
    assert [f.points for f in found] == [-0.2]


def test_the_last_definition_of_a_name_counts():
    assert score(function("") + function(GOOGLE)) == score(function(GOOGLE))


def test_overrides_overloads_and_setters_are_documented_elsewhere():
    code = '''
    class Base:
        """Something to be counted."""
        def size(self) -> int:
            """Count the pieces."""
            return 1
    class Heir(Base):
        """Something in two halves."""
        def size(self) -> int:
            return 2
        @override
        def weight(self) -> int:
            return 2
        @weight.setter
        def weight(self, value: int) -> None:
            self._weight = value
    '''
    assert "no-docstring" not in [f.rule for f in findings(code)]


def test_a_script_is_documented_as_a_whole():
    assert score("import sys\nprint(sys.argv)\n") == 1
    assert (
        score('"""Print the arguments, one a line, in the order given."""\nimport sys\nprint(sys.argv)\n') > 5
    )


def test_nothing_public_is_nothing_documented():
    assert [f.rule for f in findings("# only a comment\n")] == ["module-doc", "nothing-documented"]


def test_a_suite_can_weigh_otherwise():
    module = parse(function("Find what is too expensive."))
    names, about = documented_names(module), name_words(module.names)
    only_what = DocumentationWeights(params=0, result=0, besides=0, example=0, module=0)
    found = documentation_findings(names, module=None, helpers=(), about=about, weights=only_what)
    assert score_of(found) == 10
