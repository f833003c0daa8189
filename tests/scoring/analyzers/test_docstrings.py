from __future__ import annotations

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.scoring.analyzers.docstrings import DocText, parse_docstring

GOOGLE = """
    Divide a by b.

    The rest is dropped. It never rounds up.

    Args:
        a: What is divided,
            in cents.
        b (int): The divisor.
        *more: Further divisors.

    Returns:
        int: The quotient.

    Raises:
        ZeroDivisionError: If b is 0.

    Examples:
        >>> divide(7, 2)
        3
    """

NUMPY = """
    Divide a by b.

    The rest is dropped. It never rounds up.

    Parameters
    ----------
    a : int, optional
        What is divided,
        in cents.
    b : int
        The divisor.
    *more
        Further divisors.

    Returns
    -------
    int
        The quotient.

    Raises
    ------
    ZeroDivisionError
        If b is 0.

    Examples
    --------
    >>> divide(7, 2)
    3
    """

SPHINX = """
    Divide a by b.

    The rest is dropped. It never rounds up.

    :param a: What is divided,
        in cents.
    :type a: int
    :param int b: The divisor.
    :param more: Further divisors.
    :returns: The quotient.
    :rtype: int
    :raises ZeroDivisionError: If b is 0.

    >>> divide(7, 2)
    3
    """

EPYDOC = """
    Divide a by b.

    The rest is dropped. It never rounds up.

    @param a: What is divided,
        in cents.
    @param b: The divisor.
    @param more: Further divisors.
    @return: The quotient.
    @raise ZeroDivisionError: If b is 0.

    Example: divide(7, 2) gives
    >>> divide(7, 2)
    3
    """

MARKDOWN = """
    Divide a by b.

    The rest is dropped. It never rounds up.

    **Parameters**
    - `a`: What is divided,
      in cents.
    - `b` (int): The divisor.
    - `more` - Further divisors.

    **Returns**
    The quotient.

    **Raises**
    - `ZeroDivisionError`: If b is 0.

    ## Example
    >>> divide(7, 2)
    3
    """


def parse(text):
    return parse_docstring(inspect.cleandoc(text))


@pytest.mark.parametrize("text", [GOOGLE, NUMPY, SPHINX, EPYDOC, MARKDOWN])
def test_every_form_says_the_same(text):
    found = parse(text)
    assert found.summary == "Divide a by b."
    assert found.prose[:2] == ("The rest is dropped.", "It never rounds up.")
    assert found.params == {
        "a": "What is divided, in cents.",
        "b": "The divisor.",
        "more": "Further divisors.",
    }
    assert found.raises == {"ZeroDivisionError": "If b is 0."}
    assert "divide(7, 2)" in found.example


@pytest.mark.parametrize("text", [GOOGLE, NUMPY, SPHINX, EPYDOC])
def test_the_result_is_found_without_its_type(text):
    assert parse(text).returns == "The quotient."


def test_prose_after_a_section_is_prose_again():
    found = parse("Do it.\n\nArgs:\n    a: First.\n\nIt blocks until done.")
    assert found.prose == ("It blocks until done.",)
    assert found.params == {"a": "First."}


def test_a_header_may_have_its_text_on_the_same_line():
    found = parse("Do it.\n\nReturns: The answer.\nNote: It blocks.")
    assert found.returns == "The answer."
    assert found.prose == ("It blocks.",)


def test_numpy_names_may_share_a_description():
    found = parse("Do it.\n\nParameters\n----------\na, b : int\n    The sides.\n")
    assert found.params == {"a": "The sides.", "b": "The sides."}


def test_who_wrote_it_is_left_out():
    assert parse("Do it.\n\nAuthor: me\n") == DocText(summary="Do it.")


def test_a_colon_makes_no_section():
    found = parse("Do it.\n\nBeware: it blocks. Time: linear.")
    assert found.prose == ("Beware: it blocks.", "Time: linear.")


def test_what_a_doctest_prints_is_no_prose():
    found = parse("Do it.\n\n>>> f()\n[1, 2]\n\nThen more.")
    assert found.prose == ("Then more.",)
    assert found.example == ">>> f() [1, 2]"


@given(st.text(alphabet=st.sampled_from(":@->*`=\n \tab().A#"), max_size=200) | st.text(max_size=200))
def test_any_text_is_parsed(text):
    assert isinstance(parse_docstring(text), DocText)


@given(st.sampled_from([GOOGLE, NUMPY, SPHINX, EPYDOC, MARKDOWN]), st.integers(0, 600), st.text(max_size=5))
def test_a_broken_form_is_parsed(text, position, extra):
    assert isinstance(parse(text[:position] + extra + text[position:]), DocText)
