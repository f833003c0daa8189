"""All weights of the Go analyzer, each with its reason; the scale is that of `weights`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from pydantic import Field

from pytest_llmbench.scoring.analyzers.own_costs import OwnCosts
from pytest_llmbench.scoring.analyzers.shape import SHAPE_RULES
from pytest_llmbench.scoring.analyzers.tally import Weight
from pytest_llmbench.values import Value


def _weight(points: float, cap: float, why: str, *, scaled: bool = False, group: str | None = None) -> Weight:
    return Weight(points=points, cap=cap, why=why, scaled=scaled, group=group)


GROUP_CAPS: Mapping[str, float] = {
    "errors": 2.5,
    "modern": 0.6,  # older spellings work as well; models learnt from older code
    "padding": 4.0,
    "comments": 3.0,
}

VET = _weight(0.8, 2.4, "vet reports what is nearly always a mistake")

RULES: Mapping[str, Weight] = {
    "syntax-error": _weight(9.0, 9.0, "what does not parse does nothing"),
    "compile-error": _weight(6.0, 6.0, "what does not compile does nothing, though it can be read"),
    "too-much": _weight(9.0, 9.0, "Go's own tools do not get through it"),
    "no-declaration": _weight(9.0, 9.0, "there is nothing to judge"),
    "no-code-fence": _weight(1.5, 1.5, "code that stands in no code block has to be picked out by hand"),
    "gofmt": _weight(0.4, 0.4, "all Go is formatted by one tool: what is not makes noise in each diff"),
    # Vet
    "vet:copylocks": _weight(2.0, 4.0, "a copied lock locks nothing"),
    "vet:lostcancel": _weight(1.0, 2.0, "a context whose timer and parent are never let go"),
    "vet:httpresponse": _weight(1.5, 3.0, "a nil dereference where the request failed"),
    "vet:composites": _weight(0.2, 0.4, "unkeyed fields break when one is added"),
    "vet:stdversion": _weight(0.3, 0.3, "a symbol of a newer release than the module names"),
    # Errors
    "unchecked-error": _weight(0.7, 2.1, "a failure that nobody learns of", group="errors"),
    "discarded-error": _weight(0.7, 1.4, "a value that is used whether or not it is one", group="errors"),
    "unchecked-response-write": _weight(
        0.25, 1.0, "the client may have gone: a reviewer would like it logged", group="errors"
    ),
    "unchecked-assertion": _weight(1.0, 2.0, "panics on what comes from outside"),
    "unclosed-body": _weight(1.5, 3.0, "each response leaks a connection"),
    "request-without-context": _weight(0.8, 1.6, "nothing can cancel it, and often nothing times it out"),
    "deadlock": _weight(2.5, 2.5, "waits for itself, for ever"),
    # Shape
    "context-not-first": _weight(0.4, 0.8, "the convention that all of Go's own code keeps"),
    "global-state": _weight(1.0, 2.0, "package-level state: one server per process, tests that interfere"),
    "unused": _weight(1.0, 2.5, "dead code, to be read and kept for nothing", group="padding"),
    "unasked": _weight(0.9, 2.7, "more to read and to keep than was asked for", group="padding"),
    "empty-type": _weight(
        1.0, 2.0, "methods of a type that holds nothing: functions would do", group="padding"
    ),
    "single-heir": _weight(1.0, 2.0, "an abstraction of one thing", group="padding"),
    "one-method-type": _weight(1.0, 2.0, "a function that has to be built first", group="padding"),
    "detour": _weight(0.5, 1.0, "one more place to look", group="padding"),
    "vet:unreachable": _weight(1.0, 1.0, "dead code", group="padding"),
    **SHAPE_RULES,
    # Comments
    "restating-comment": _weight(
        0.2, 1.4, "to be read, and to be kept true, for nothing", scaled=True, group="comments"
    ),
    "empty-comment": _weight(0.4, 1.2, "praise and keywords help no reader", scaled=True, group="comments"),
    "ruler": _weight(0.1, 0.3, "decoration", scaled=True, group="comments"),
    "comment-spam": _weight(1.5, 1.5, "the code is hard to find between the comments", group="comments"),
    # go fix
    "fix:forvar": _weight(0.3, 0.6, "since Go 1.22 each iteration has its own variable", group="modern"),
}
"""Rules by name: those of vet and of go fix with the tool's name before them."""

FIX = _weight(0.1, 0.3, "an older spelling", group="modern")


class GoDocumentationWeights(Value):
    """Points of the documentation axis.

    What of the declarations is told, as a share by their size, takes `declarations` off where nothing is
    told, and by `curve` less than in proportion where most of it is.
    """

    declarations: float = Field(default=8.5, description="what the declarations share")
    curve: float = Field(default=1.6, description="exponent of the share that is not told")
    module: float = Field(default=0.5, description="a package comment that says what it is for")
    environment: float = Field(default=0.7, description="a variable that is read and named in no comment")
    environment_cap: float = Field(default=1.4, description="most for all of those")
    praise: float = Field(default=0.5, description="a sentence that praises the code, or asks for a mark")
    praise_cap: float = Field(default=1.5, description="most for all of those")
    small: int = Field(default=5, description="statements up to which a private function explains itself")
    enough: int = Field(default=2, description="words of news with which a declaration is told")


class GoWeights(Value):
    """What the Go analyzer weighs by. A suite may set some of it otherwise."""

    rules: Mapping[str, Weight] = RULES
    vet: Weight = VET
    fix: Weight = FIX
    group_caps: Mapping[str, float] = GROUP_CAPS
    documentation: GoDocumentationWeights = GoDocumentationWeights()
    documentation_caps: Mapping[str, float] = Field(default={}, description="most for a rule, where set")
    reference_lines: int = Field(default=80, description="lines of code up to which costs are not scaled")

    def of(self, rule: str) -> Weight | None:
        """Give the weight of a rule; None where it has none."""
        if rule in self.rules:
            return self.rules[rule]
        return self.vet if rule.startswith("vet:") else self.fix if rule.startswith("fix:") else None

    def with_own(self, own: OwnCosts) -> Self:
        """Give the weights as a suite has them."""
        return self.model_copy(
            update={
                "vet": own.on("vet", self.vet),
                "fix": own.on("fix", self.fix),
                "rules": own.on_all(self.rules),
                "group_caps": own.on_groups(self.group_caps),
                "documentation_caps": own.caps,
            }
        )


DEFAULT_GO_WEIGHTS = GoWeights()
