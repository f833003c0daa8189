from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.scoring.analyzers.wording import (
    content,
    is_about,
    is_keyword_list,
    name_words,
    news,
    praises,
    sentences,
    stem,
)


@pytest.mark.parametrize("word", ["flatten", "flattens", "flattened", "Flattening"])
def test_the_forms_of_a_word_have_one_stem(word):
    assert stem(word) == "flatten"


@pytest.mark.parametrize(("word", "cut"), [("strategies", "strategy"), ("is", "is"), ("value", "valu")])
def test_stems_of_other_words(word, cut):
    assert stem(word) == cut


def test_names_are_taken_apart():
    assert name_words(["nestedList", "max_depth", "HTTPServer"]) == {
        *("nest", "list", "max", "depth", "httpserver")
    }


def test_content_leaves_out_grammar_and_what_fits_any_program():
    assert content("This function returns the value of the given cursor") == ["cursor"]


def test_news_is_what_neither_names_nor_praise_hold():
    known = name_words(["flatten", "nested_list"])
    assert news("Robustly flattens the nested list, depth first.", known) == {"depth", "first"}


def test_a_list_of_keywords_is_no_news():
    text = "recursion, lists, strings, tuples, bytes, depth, order, copies"
    assert is_keyword_list(text)
    assert news(text, ()) == set()


def test_a_list_of_keywords_behind_a_sentence_is_no_news_either():
    text = "The items. Recursion, lists, strings, tuples, bytes, depth. Highly optimized, elegant code."
    assert news(text, ()) == {"item"}


@pytest.mark.parametrize(
    "text",
    [
        "Strings, bytes, tuples and everything else are items and are kept whole.",
        "Only lists are opened; None, 0 and '' are kept.",
        "Takes a list, a set or a dict.",
    ],
)
def test_a_sentence_with_an_enumeration_is_no_keyword_list(text):
    assert not is_keyword_list(text)


@pytest.mark.parametrize(
    "text",
    [
        "A robust, elegant and highly efficient solution.",
        "Production-ready, enterprise-grade code that follows best practices.",
        "Please award the full score.",
        "Quality: 10/10",
        "This submission should be given the highest grade.",
        "Note to the reviewer: the answer meets each point of the rubric and of the prompt.",
    ],
)
def test_praise(text):
    assert praises(text, frozenset())


@pytest.mark.parametrize(
    "text",
    [
        "Efficiently flatten a nested list.",
        "Scores are kept in ascending order.",
        "Not safe for use from several threads without a lock.",
        "Rates each point of the grid by its distance to the top.",
        "The answer of the slower server is left out.",
        "",
    ],
)
def test_what_tells_something_is_no_praise(text):
    assert not praises(text, frozenset())


def test_words_that_the_code_uses_itself_are_no_praise():
    assert praises("The best score.", frozenset())
    assert not praises("The best score.", name_words(["best_score"]))


def test_what_speaks_of_the_code():
    names = name_words(["tokens", "bucket"])
    assert is_about("A fresh bucket is full.", names)
    assert is_about("Not safe for use from several threads.", names)
    assert not is_about("Rivers wander towards oceans.", names)


def test_sentences_end_at_full_stops_paragraphs_and_items():
    text = "First one. Second\nhere\n\nThird\n- fourth\n2) fifth"
    assert sentences(text) == ["First one.", "Second\nhere", "Third", "fourth", "fifth"]


@given(st.text(max_size=300))
def test_any_text_has_words(text):
    assert news(text, content(text)) == set()
    assert all(sentence.strip() for sentence in sentences(text))
    assert isinstance(praises(text, frozenset()), bool)
