"""Names: what a piece of code defines, imports and uses at its top level, per language.

The question is which block of a reply is the answer, not whether it is right: the scanners are
tolerant, take time linear in the code, and never raise, whatever a model wrote.
"""

from __future__ import annotations

from pytest_llmbench.answers.names.survey import Survey
from pytest_llmbench.tasks.language import Language

__all__ = ["Survey", "survey"]


def survey(code: str, language: Language) -> Survey:
    """Survey code as if it were written in a language; never raises."""
    match language:  # each scanner is loaded when its language is met
        case "python":
            from pytest_llmbench.answers.names.python import survey_python

            return survey_python(code)
        case "javascript" | "typescript":
            from pytest_llmbench.answers.names.javascript import survey_javascript

            return survey_javascript(code)
        case "go":
            from pytest_llmbench.answers.names.go import survey_go

            return survey_go(code)
