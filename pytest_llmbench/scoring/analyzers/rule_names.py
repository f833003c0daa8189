"""Which rules there are, so that a suite's caps and costs do not name what there is not."""

from __future__ import annotations

import re
import subprocess
from difflib import get_close_matches

from pytest_llmbench.scoring.analyzers import ecmascript_weights, go_weights, weights

GROUPS = frozenset(
    {
        *weights.DEFAULT_WEIGHTS.group_caps,
        *ecmascript_weights.DEFAULT_WEIGHTS.group_caps,
        *go_weights.DEFAULT_GO_WEIGHTS.group_caps,
    }
)
"""Groups of rules that share a cap."""

RULES = frozenset(
    {
        *weights.DEFAULT_WEIGHTS.rules,
        *weights.DEFAULT_WEIGHTS.ruff,
        *ecmascript_weights.DEFAULT_WEIGHTS.rules,
        *ecmascript_weights.DEFAULT_WEIGHTS.oxlint,
        *go_weights.DEFAULT_GO_WEIGHTS.rules,
        *("ty", "vet", "fix"),
    }
)
"""The rules that have a weight of their own; each other one of ty, vet and go fix has that of its tool."""

DOCUMENTATION = frozenset(
    {
        *("no-docstring", "nothing-documented", "module-doc", "helper-doc", "praise"),
        *("doc-what", "doc-params", "doc-result", "doc-raises", "doc-changes", "doc-besides", "doc-example"),
        *("undocumented", "package-comment", "environment"),
    }
)
"""What documentation may lack. What each costs depends on how much there is to tell: they have caps alone."""

_RUFF_CODE = re.compile(r"[A-Z]+[0-9]{3,4}")


def check_rule(name: str, *, for_cap: bool) -> None:
    """See to it that there is a rule of some name.

    Args:
        name: The name, as the report has it.
        for_cap: Whether it may be a group of rules, or one of documentation, too: these have caps alone.

    Raises:
        ValueError: There is none; the text says what would be right.
    """
    capped = GROUPS | DOCUMENTATION
    if name in RULES or (name in capped and for_cap) or _is_of_ruff(name):
        return
    if name in capped:
        kind = "a group of rules" if name in GROUPS else "a part of documentation"
        raise ValueError(f"{name!r} is {kind}: it has a cap, and no cost of its own")
    tool, colon, _ = name.partition(":")
    if colon and tool in RULES:
        raise ValueError(f"{name!r} has no weight of its own: {tool!r} stands for what has none")
    near = get_close_matches(name, sorted(RULES | capped if for_cap else RULES), n=1)
    hint = f"did you mean {near[0]!r}?" if near else "name one as the report does"
    raise ValueError(f"there is no rule {name!r}; {hint}")


def _is_of_ruff(name: str) -> bool:
    """Tell whether ruff has a rule, and it is one of those that are looked for."""
    known = weights.DEFAULT_WEIGHTS
    if not _RUFF_CODE.fullmatch(name) or name in known.ruff_left_out or known.of(name) is None:
        return False
    from ruff import find_ruff_bin  # type: ignore[import-untyped]  # ruff ships no types

    found = subprocess.run([find_ruff_bin(), "rule", name], capture_output=True, check=False)  # noqa: S603 - ours
    return found.returncode == 0
