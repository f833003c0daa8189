"""What a reply's prose adds to the documentation in its code, and what praise in it takes away."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence

from pytest_llmbench.answers.answer import Answer
from pytest_llmbench.scoring.analyzers.ecmascript_weights import EcmaScriptWeights
from pytest_llmbench.scoring.analyzers.tally import PRAISE
from pytest_llmbench.scoring.analyzers.wording import news, praises, sentences, telling
from pytest_llmbench.scoring.scorecard import Finding

_ABSENT = "no-docstring"
_EXAMPLE = "doc-example"
_MARKUP = re.compile(r"[*_`#|]+|[^\x00-\u2fff]")


def beside_prose(
    found: Sequence[Finding], answer: Answer, about: frozenset[str], weights: EcmaScriptWeights
) -> tuple[Finding, ...]:
    """Weigh what a code's documentation lacks beside the prose around it.

    Args:
        found: What the documentation in the code lacks.
        answer: The reply's prose and blocks.
        about: The words that the code's own names are made of.
        weights: How much prose makes up for, and what praise costs.
    """
    said = sentences(_MARKUP.sub(" ", answer.prose))
    told = _told(telling(said, about), weights.prose_words)
    kept = [_softened(finding, told, weights) for finding in found if not _is_shown(finding, answer)]
    return (*kept, *_praise(said, about, weights))


def _told(said: Sequence[str], enough: int) -> float:
    """Give what prose tells, 0 to 1. The first sentences tell most: a half of the words tells 0.7."""
    return math.sqrt(min(1.0, len(news(" ".join(said), ())) / enough))


def _softened(finding: Finding, told: float, weights: EcmaScriptWeights) -> Finding:
    if finding.rule == PRAISE:
        return finding
    share = weights.prose_instead if finding.rule == _ABSENT else weights.prose_beside
    return finding.model_copy(update={"points": round(finding.points * (1 - share * told), 2)})


def _is_shown(finding: Finding, answer: Answer) -> bool:
    """Tell whether an example that the code lacks is shown in another block of the reply."""
    name = finding.message.partition(":")[0]
    others = (block.code for block in answer.blocks if block.code.strip() != (answer.code or "").strip())
    return finding.rule == _EXAMPLE and any(re.search(rf"\b{re.escape(name)}\s*\(", code) for code in others)


def _praise(said: Sequence[str], about: frozenset[str], weights: EcmaScriptWeights) -> Iterator[Finding]:
    room = weights.documentation.praise_cap
    for sentence in said:
        if room > 0 and praises(sentence, about):
            points, room = min(weights.documentation.praise, room), room - weights.documentation.praise
            text = f"praise in the reply: {' '.join(sentence.split())[:60]}"
            yield Finding(axis="documentation", rule=PRAISE, points=-points, message=text)
