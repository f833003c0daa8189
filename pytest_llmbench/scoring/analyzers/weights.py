"""All weights of the analyzers, each with its reason. This is the one place to change them.

A score starts at 10. A finding costs its rule's points, up to the rule's cap and the cap of its group;
scaled costs shrink as the code grows past `Weights.reference_lines`. As a measure for all of them:

    0.1 to 0.3   a reviewer might mention it
    0.4 to 1     a reviewer asks for a change
    1.5 to 2.5   a reviewer would not merge with more than one of it
    3 and more   a reviewer would not merge with it
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

from pydantic import Field

from pytest_llmbench.scoring.analyzers.own_costs import OwnCosts
from pytest_llmbench.scoring.analyzers.shape import SHAPE_RULES
from pytest_llmbench.scoring.analyzers.tally import Weight
from pytest_llmbench.values import Value


def _weight(points: float, cap: float, why: str, *, scaled: bool = True, group: str | None = None) -> Weight:
    return Weight(points=points, cap=cap, why=why, scaled=scaled, group=group)


GROUP_CAPS: Mapping[str, float] = {
    "style": 1.0,  # taste: however much of it there is, it does not decide on a merge
    "modern": 0.6,  # older spellings work as well; models learnt from older code
    "simplify": 1.5,
    "comments": 3.0,
    "padding": 5.0,  # of what is left over, however much of it there is
}

RUFF: Mapping[str, Weight] = {
    # Bugs
    "F": _weight(0.5, 1.5, "pyflakes: nearly always a mistake"),
    "F401": _weight(0.3, 0.9, "an unused import is left-over code", group="padding"),
    "F541": _weight(0.15, 0.3, "an f-string without a place to fill is harmless"),
    "F811": _weight(0.8, 1.6, "a second definition hides the first", scaled=False),
    "F821": _weight(2.5, 5.0, "an undefined name fails when it is reached", scaled=False),
    "F841": _weight(0.4, 0.8, "a variable that nothing reads is left-over code", group="padding"),
    "B": _weight(0.4, 1.2, "bugbear: likely bugs, and designs that invite them"),
    "B006": _weight(0.6, 0.6, "a mutable default that is never changed; else shared-default counts"),
    "B023": _weight(1.0, 2.0, "a function in a loop sees the loop's last value", scaled=False),
    "PLE": _weight(1.0, 3.0, "pylint's errors", scaled=False),
    "PLW": _weight(0.3, 0.9, "pylint's warnings"),
    "PLW0603": _weight(0.8, 1.6, "global state that functions change: calls influence each other"),
    "PLR0124": _weight(0.4, 0.4, "a comparison with itself"),
    "RUF006": _weight(0.8, 1.6, "a task that nobody holds may vanish", scaled=False),
    "RUF012": _weight(0.5, 0.5, "a mutable class attribute is shared by all instances"),
    "RUF013": _weight(0.4, 0.8, "a hint that leaves out None"),
    "RUF017": _weight(1.5, 1.5, "sum() of lists copies the sum each time: quadratic", scaled=False),
    "ASYNC": _weight(0.8, 1.6, "blocks the event loop, or loses a cancellation", scaled=False),
    "DTZ": _weight(0.3, 0.6, "a date without its zone"),
    "T10": _weight(1.0, 1.0, "a debugger left in"),
    # Errors swallowed, code run from data
    "BLE": _weight(1.0, 2.0, "catches what it cannot know how to handle"),
    "E722": _weight(1.0, 1.5, "a bare except also catches Ctrl-C", scaled=False),
    "S102": _weight(2.0, 2.0, "exec runs what it is given", scaled=False),
    "S110": _weight(0.8, 1.6, "an error that vanishes without a trace"),
    "S112": _weight(0.8, 1.6, "an error that vanishes without a trace"),
    "S301": _weight(0.8, 0.8, "unpickling runs what it is given", scaled=False),
    "S307": _weight(2.0, 2.0, "eval runs what it is given", scaled=False),
    "S324": _weight(0.4, 0.4, "a broken hash"),
    "S602": _weight(1.5, 1.5, "a shell runs what it is given", scaled=False),
    "S605": _weight(1.5, 1.5, "a shell runs what it is given", scaled=False),
    "S608": _weight(1.5, 1.5, "SQL put together from strings", scaled=False),
    "TRY002": _weight(0.5, 0.5, "raises Exception itself: callers cannot tell it from others"),
    "TRY203": _weight(0.4, 0.8, "catches an error to raise it again as it was"),
    # Complexity
    "PLR0913": _weight(0.4, 0.8, "more than six parameters"),
    # Simplification
    "SIM": _weight(0.25, 0.75, "the language says it in fewer words", group="simplify"),
    "C4": _weight(0.25, 0.5, "a comprehension, or a literal, says it directly", group="simplify"),
    "RET": _weight(0.1, 0.3, "returns that say more than is needed", group="simplify"),
    "RET503": _weight(0.4, 0.4, "falls off the end where a value is due", group="simplify"),
    "PIE": _weight(0.15, 0.3, "needless code", group="simplify"),
    "PLR1": _weight(0.15, 0.45, "needless code", group="simplify"),
    "PLR5": _weight(0.15, 0.3, "an else with nothing but an if", group="simplify"),
    "FURB": _weight(0.15, 0.3, "the library has it", group="simplify"),
    "FLY": _weight(0.1, 0.1, "an f-string says it", group="simplify"),
    "RUF015": _weight(0.2, 0.2, "builds a list for its first item", group="simplify"),
    "E701": _weight(0.25, 0.5, "two statements on a line", group="simplify"),
    "E702": _weight(0.25, 0.5, "two statements on a line", group="simplify"),
    "E703": _weight(0.1, 0.2, "a needless semicolon", group="simplify"),
    # Performance
    "PERF": _weight(0.2, 0.4, "a slower way to the same list or dict", group="simplify"),
    # Comparisons and names
    "E711": _weight(0.3, 0.6, "None is compared by identity"),
    "E712": _weight(0.2, 0.4, "a truth value needs no comparison"),
    "E713": _weight(0.1, 0.2, "'not in' reads better", group="style"),
    "E714": _weight(0.1, 0.2, "'is not' reads better", group="style"),
    "E721": _weight(0.4, 0.4, "compares types, so that subclasses fail"),
    "E731": _weight(0.25, 0.5, "a named lambda is a function without a name", group="style"),
    "E741": _weight(0.7, 0.7, "l, O and I are read as digits"),
    "A001": _weight(0.4, 0.8, "hides a builtin"),
    "A002": _weight(0.3, 0.6, "hides a builtin from the function's body"),
    "N": _weight(0.25, 0.75, "names as PEP 8 has them", group="style"),
    "ARG001": _weight(0.4, 0.8, "a parameter that does nothing"),
    "SLF001": _weight(0.3, 0.6, "reaches into another object's private parts"),
    "ERA001": _weight(0.3, 0.9, "code left in comments", group="padding"),
    "FIX": _weight(0.5, 1.0, "work that is left to others"),
    "PGH003": _weight(0.2, 0.4, "silences the type checker altogether"),
    "PGH004": _weight(0.2, 0.4, "silences the linter altogether"),
    "E401": _weight(0.1, 0.1, "several imports on a line", group="style"),
    "E402": _weight(0.15, 0.3, "an import below code", group="style"),
    "E501": _weight(0.1, 0.3, "a line of over 120 characters", group="style"),
    "RSE": _weight(0.05, 0.1, "needless parentheses", group="style"),
    "UP": _weight(0.25, 0.5, "an older spelling", group="modern"),
}
"""Ruff's rules by prefix; the longest prefix decides. What has none is not asked for."""

TY: Weight = _weight(
    0.6, 1.8, "the hints, or the code, are not what a checker can follow; ty is young", scaled=False
)

TY_LEFT_OUT: tuple[str, ...] = (
    "ty:import-not-found",  # which packages there are is for the sandbox to say
    "ty:unresolved-reference",  # ruff's F821 says it
    "ty:missing-type-argument",  # vague-hint says it
)

RUFF_LEFT_OUT: tuple[str, ...] = (
    "B905",  # zip without strict= is right where lengths are equal
    "B904",  # 'raise … from' is good, but its lack misleads nobody
    "PLW2901",  # a loop variable bound anew is a matter of taste
    "SIM105",  # try/except/pass is as clear as suppress
    "SIM108",  # a ternary is not always clearer
    "RET504",  # a name for the result can explain it
    "RET505",  # 'else' after 'return' is a matter of taste
    "RET506",
    "RET507",
    "RET508",
    "PERF203",  # try inside a loop is often what is meant
    "FURB101",
    "FURB103",
    "N818",  # an exception need not be called Error
    "UP037",  # quotes in hints do no harm
    "UP040",  # type aliases, generics: both spellings are current
    "UP046",
    "UP047",
    "UP049",
    "PLW0120",
)

RUFF_SETTINGS: tuple[str, ...] = (
    "line-length = 120",
    "lint.pylint.max-args = 6",
)

RULES: Mapping[str, Weight] = {
    "syntax-error": _weight(9.0, 9.0, "what does not parse does nothing", scaled=False),
    "too-deep": _weight(9.0, 9.0, "nested so deeply that no tool, and no reader, gets through", scaled=False),
    "no-statement": _weight(9.0, 9.0, "there is nothing to judge", scaled=False),
    "no-code-fence": _weight(
        1.5, 1.5, "code that stands in no code block has to be picked out by hand", scaled=False
    ),
    # Types
    "missing-hint": _weight(
        4.0,
        4.0,
        "Python code for others is written with hints; the cost is the share that lacks",
        scaled=False,
    ),
    "vague-hint": _weight(1.5, 1.5, "Any tells a checker nothing; a list of Any costs a third", scaled=False),
    "contradicted-hint": _weight(2.0, 2.0, "callers and checkers are told something untrue", scaled=False),
    # Bugs
    "shared-default": _weight(5.0, 5.0, "each call after the first gets data of the others", scaled=False),
    "changed-argument": _weight(3.0, 3.0, "callers lose data that they did not give away", scaled=False),
    "quadratic-list": _weight(1.5, 1.5, "fine in the example, too slow in use", scaled=False),
    "item-recursion": _weight(2.0, 2.0, "a level of recursion per item: fails on a thousand", scaled=False),
    "import-time-effect": _weight(0.5, 0.5, "an import should do nothing that is seen"),
    # Shape
    **SHAPE_RULES,
    "dense-expression": _weight(0.6, 1.2, "to be taken apart before it can be read"),
    "unreachable": _weight(1.0, 1.0, "dead code", scaled=False, group="padding"),
    "unused-helper": _weight(
        1.0, 2.5, "dead code, to be read and kept for nothing", scaled=False, group="padding"
    ),
    "unasked": _weight(
        0.9, 2.7, "more to read and to keep than was asked for", scaled=False, group="padding"
    ),
    "single-heir": _weight(1.0, 2.0, "an abstraction of one thing", scaled=False, group="padding"),
    "one-method-class": _weight(
        1.0, 2.0, "a function that has to be built first", scaled=False, group="padding"
    ),
    "stateless-class": _weight(1.0, 2.5, "functions with a detour", scaled=False, group="padding"),
    "detour": _weight(0.5, 1.0, "one more place to look", scaled=False, group="padding"),
    # Comments
    "restating-comment": _weight(0.2, 1.4, "to be read, and to be kept true, for nothing", group="comments"),
    "empty-comment": _weight(0.4, 1.2, "praise and keywords help no reader", group="comments"),
    "ruler": _weight(0.1, 0.3, "decoration", group="comments"),
    "comment-spam": _weight(
        1.5, 1.5, "the code is hard to find between the comments", scaled=False, group="comments"
    ),
}
"""The analyzers' own rules."""


class DocumentationWeights(Value):
    """Points of the documentation axis: `names` and `module` are all that there is to lose below 10.

    The parts of one name are relative to each other; parts that a name has no need of are left out.
    """

    names: float = Field(default=8.5, description="what the public names share, by their size")
    module: float = Field(default=0.5, description="a line on what the module is for: a small plus")
    what: float = Field(default=3.0, description="what it is for: the first thing that a reader needs")
    params: float = Field(default=1.5, description="what the parameters mean, beyond their types")
    result: float = Field(default=1.5, description="what comes back")
    besides: float = Field(default=2.0, description="errors, limits, what becomes of the input")
    besides_words: int = Field(default=10, description="words of news that tell enough of that")
    example: float = Field(default=0.5, description="a call and its result")
    helper: float = Field(default=0.2, description="a private function of some size without a docstring")
    helpers_cap: float = Field(default=0.6, description="most for all of those")
    praise: float = Field(default=0.5, description="a sentence that praises the code, or asks for a mark")
    praise_cap: float = Field(default=1.5, description="most for all of those")


class Weights(Value):
    """What an analyzer weighs by. A suite may set some of it otherwise."""

    ruff: Mapping[str, Weight] = RUFF
    ruff_left_out: tuple[str, ...] = RUFF_LEFT_OUT
    ruff_settings: tuple[str, ...] = RUFF_SETTINGS
    ty: Weight = TY
    ty_left_out: tuple[str, ...] = TY_LEFT_OUT
    rules: Mapping[str, Weight] = RULES
    group_caps: Mapping[str, float] = GROUP_CAPS
    documentation: DocumentationWeights = DocumentationWeights()
    documentation_caps: Mapping[str, float] = Field(default={}, description="most for a rule, where set")
    reference_lines: int = Field(default=40, description="lines of code up to which costs are not scaled")

    def of(self, rule: str) -> Weight | None:
        """Give a rule's weight: our own, ty's, or ruff's by the longest prefix; None where it has none."""
        if rule in self.rules:
            return self.rules[rule]
        if rule.startswith("ty:"):
            return None if rule in self.ty_left_out else self.ty
        prefixes = (rule[:length] for length in range(len(rule), 0, -1))
        return next((self.ruff[prefix] for prefix in prefixes if prefix in self.ruff), None)

    def with_own(self, own: OwnCosts) -> Self:
        """Give the weights as a suite has them; a prefix stands for those of ruff's rules that have none."""
        ruff = own.on_all(self.ruff)
        single = {rule: weight for rule, weight in own.on_single(self.of).items() if rule not in ruff}
        return self.model_copy(
            update={
                "ruff": ruff,
                "ty": own.on("ty", self.ty),
                "rules": {**self.rules, **single},
                "group_caps": own.on_groups(self.group_caps),
                "documentation_caps": own.caps,
            }
        )


DEFAULT_WEIGHTS = Weights()
