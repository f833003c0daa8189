"""Find out which language model writes code worth merging, and what it costs.

The public names are few: what the author of a task needs. They are loaded on first use, so that a
test suite without tasks pays nothing for having this plugin installed.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_llmbench.errors import CandidateCrash, CandidateError, CandidateTimeout
    from pytest_llmbench.scoring.candidate import Candidate
    from pytest_llmbench.scoring.score import Score
    from pytest_llmbench.tasks.decorator import llm_task

__version__ = "0.1.0"

__all__ = ["Candidate", "CandidateCrash", "CandidateError", "CandidateTimeout", "Score", "llm_task"]

_HOMES = {
    "Candidate": "pytest_llmbench.scoring.candidate",
    "CandidateCrash": "pytest_llmbench.errors",
    "CandidateError": "pytest_llmbench.errors",
    "CandidateTimeout": "pytest_llmbench.errors",
    "Score": "pytest_llmbench.scoring.score",
    "llm_task": "pytest_llmbench.tasks.decorator",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
