"""Names: what a piece of code defines, imports and uses at its top level, per language.

The question is which block of a reply is the answer, not whether it is right: the scanners are
tolerant, take time linear in the code, and never raise, whatever a model wrote.
"""

from __future__ import annotations

from collections.abc import Callable

from pytest_llmbench.answers.names.go import survey_go
from pytest_llmbench.answers.names.javascript import survey_javascript
from pytest_llmbench.answers.names.python import survey_python
from pytest_llmbench.answers.names.survey import Survey
from pytest_llmbench.tasks.language import Language

__all__ = ["Survey", "survey"]

_SURVEYS: dict[Language, Callable[[str], Survey]] = {
    "python": survey_python,
    "javascript": survey_javascript,
    "typescript": survey_javascript,
    "go": survey_go,
}


def survey(code: str, language: Language) -> Survey:
    """Survey code as if it were written in a language; never raises."""
    return _SURVEYS[language](code)
