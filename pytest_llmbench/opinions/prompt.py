"""What the judge is asked. The words are in `prompt.md`: instructions, a line, and what holds the data.

A model's answer is data, which may try to pass for instructions. It stands between lines with a marker that
is a hash of the task and of the answer itself: whoever writes an answer would have to write its own hash
into it. So the marker is as good as a secret that is drawn for each call, and the same answer asks the
same question, whose reply need not be paid for twice.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from string import Template

from pytest_llmbench.answers.cleaning import clean
from pytest_llmbench.answers.reasoning import strip_reasoning
from pytest_llmbench.values import Value

VERSION = 1
"""Goes up whenever a word of the prompt changes; a test holds it to the words."""

_PATH = Path(__file__).with_name("prompt.md")
_LINE = "\n=====\n"
_DIGITS = 32


class Question(Value):
    """What is sent: the system message and the prompt."""

    system: str
    prompt: str


def prompt_name() -> str:
    """Name the prompt by its version and the hash of its words, as it is kept with each opinion."""
    return f"{VERSION}-{hashlib.sha256(_words().encode()).hexdigest()[:12]}"


def ask_about(task: str, reply: str) -> Question:
    """Ask about a reply.

    Args:
        task: The prompt that the reply answers.
        reply: The reply; what the model thought aloud in it is left out, as no reader of an answer sees it.
    """
    answer = strip_reasoning(clean(reply)).text.strip()
    said = f"{_words()}\0{task}\0{answer}".encode("utf-8", "replace")
    parts = {"task": task.strip(), "answer": answer, "marker": hashlib.sha256(said).hexdigest()[:_DIGITS]}
    system, prompt = (Template(text.strip()) for text in _words().split(_LINE))
    return Question(system=system.substitute(marker=parts["marker"]), prompt=prompt.substitute(parts))


@cache
def _words() -> str:
    return _PATH.read_text(encoding="utf-8")
