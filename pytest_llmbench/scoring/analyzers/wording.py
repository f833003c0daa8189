"""What a comment or a docstring says, as words: which are content, and which of those are news.

Length earns nothing here. A word counts when it carries content and when the code, or what was said
before, does not say it already. The lists are of words, not of phrases; a word of praise may well
stand in an honest sentence, it just adds nothing to what the sentence tells of the code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[A-Za-z]+|\d+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n\s*\n|\n\s*(?:[-*•]|\d+[.)])\s+")
_SUFFIXES = ("edly", "ings", "ing", "ed", "ly", "es", "s")


def _word_set(text: str) -> frozenset[str]:
    """Give the words of a text, for lists that are easier to read as one."""
    return frozenset(text.split())


STOP_WORDS = _word_set(
    """
    a about above after all also an and any are as at be because been before being below between both
    but by can cannot could did do does doing done down during each either else every for from further
    had has have having he her here his how however i if in into is it its itself just like may might
    more most must my need needs no nor not of off on once one only or other our out over own per same
    she should since so some such than that the their them then there therefore these they this those
    through thus to too under until up upon us very via was we were what when where whether which while
    who whom whose why will with within without would you your yourself themselves
    """
)
"""Words of grammar."""

FILLER_WORDS = _word_set(
    """
    argument arguments attribute call called caller callers class code contain containing contains
    create creates current define defined defines desired element elements execute executes following
    function functions given handle handles hold holds implement input inputs implementation implemented
    implements instance instances method methods module object objects operation output param parameter
    parameters perform performs program provide provided provides represent represents result results
    return returned returns routine script solution specified store take takes use used uses using value
    values variable variables various want yield yields
    """
)
"""Words that fit any program: they tell nothing of this one."""

PRAISE_WORDS = _word_set(
    """
    amazing award beautiful best clean comprehensive criteria criterion deserve deserves elegant
    elegantly enterprise excellent efficient efficiently flawless grade grader grading highly idiomatic
    industry maintainable modern optimal optimized perfect perfectly performant please powerful practice
    practices production professional pythonic quality rate rating readable ready reliable reviewer
    reviewers robust robustly scalable score scores seamless seamlessly senior solid sophisticated
    superior tested thoroughly ultimate
    """
)
"""Words of praise, and words to whoever judges: they tell nothing of what a program does."""

JUDGE_WORDS = _word_set(
    """
    award criteria criterion deserve evaluator grade grader grading judge please reviewer rubric submission
    """
)
"""Words to whoever gives marks, and of what they are given for."""

MARK_WORDS = _word_set(
    "answer axis evaluate evaluation full highest mark maximum perfect point rate rating score ten top"
)
"""Words of marks, that may well be said of code: beside a word to a judge, two of them are not."""

SUBJECT_WORDS = _word_set(
    """
    array async blank block boolean byte bytes cache case character clock concurrent constant copies copy
    count cost cycle date default depth dict dictionary duplicate duplicates empty error errors exception
    file first float future index infinite integer item items iterator key keys last length level levels
    limit line linear list lists lock lower mapping maximum memory minimum missing negative nested none null
    number order place positive quadratic raise raised recursion recursive safe second seconds sequence set
    size sort sorted space stack string strings text thread threads time timeout tree tuple tuples type
    unicode unique unit upper whitespace zero
    """
)
"""What programs are about: a sentence with none of these, and no name of the code, may be about anything."""

_SHORTEST_STEM = 3
_FEW_WORDS = 4
_ADDRESS = 3


def stem(word: str) -> str:
    """Cut a word to what its forms have in common, roughly: "flattened", "flattens" to "flatten"."""
    word = word.lower()
    if word.endswith("ies") and len(word) > _SHORTEST_STEM + 1:
        return word[:-3] + "y"
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _SHORTEST_STEM:
            word = word[: -len(suffix)]
            break
    return word[:-1] if word.endswith("e") and len(word) > _SHORTEST_STEM else word


_STOP = frozenset(map(stem, STOP_WORDS)) | STOP_WORDS
_FILLER = frozenset(map(stem, FILLER_WORDS))
_PRAISE = frozenset(map(stem, PRAISE_WORDS))
_JUDGE = frozenset(map(stem, JUDGE_WORDS))
_MARK = frozenset(map(stem, MARK_WORDS))
_SUBJECTS = frozenset(map(stem, SUBJECT_WORDS))


def name_words(names: Iterable[str]) -> frozenset[str]:
    """Give the stems of the words that names are made of: `nested_list`, `nestedList` to "nest", "list"."""
    return frozenset(stem(word) for name in names for word in _WORD.findall(_CAMEL.sub(" ", name)))


def content(text: str) -> list[str]:
    """Give the stems of the words of content in a text, in order, repeats included."""
    words = _WORD.findall(_CAMEL.sub(" ", text))
    stems = [stem(word) for word in words if len(word) > 1 and word.lower() not in STOP_WORDS]
    return [word for word in stems if word not in _STOP and word not in _FILLER]


def praises(text: str, about: frozenset[str]) -> bool:
    """Tell whether a text praises more than it tells, or speaks to whoever judges it.

    `about` are words that the code itself uses.
    """
    words = [word for word in content(text) if not word.isdigit()]
    said = set(words) - about
    if said & _JUDGE and len(said & (_JUDGE | _MARK)) >= _ADDRESS:
        return True
    praise = sum(word in _PRAISE and word not in about for word in words)
    return praise >= max(1, 2 * len(words) / 5)


def is_keyword_list(text: str) -> bool:
    """Tell whether a text is a list of words rather than a sentence: a comma at nearly every other word."""
    words = _WORD.findall(text)
    return len(words) > _FEW_WORDS and 5 * text.count(",") >= 2 * len(words)


def news(text: str, known: Iterable[str]) -> set[str]:
    """Give the words of content that are not known yet and are not praise.

    Sentences that are a list of keywords, or that only praise, have none.
    """
    known = frozenset(known)
    return {word for said in telling(sentences(text), known) for word in content(said)} - known - _PRAISE


def is_about(text: str, about: frozenset[str]) -> bool:
    """Tell whether a text speaks of the code: of a name in it, or of what programs are about."""
    return not (about | _SUBJECTS).isdisjoint(content(text))


def telling(texts: Iterable[str], about: frozenset[str]) -> list[str]:
    """Leave out the texts that only praise, and those that are lists of keywords."""
    return [text for text in texts if not praises(text, about) and not is_keyword_list(text)]


def sentences(text: str) -> list[str]:
    """Cut a text into sentences; a list's items and paragraphs are cut too."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part.strip()]
