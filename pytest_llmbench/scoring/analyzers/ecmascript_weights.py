"""All weights of the analyzers of JavaScript and TypeScript. This is the one place to change them.

The measure is that of `weights`, for Python:

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
from pytest_llmbench.scoring.analyzers.weights import DocumentationWeights
from pytest_llmbench.values import Value


def _weight(points: float, cap: float, why: str, *, scaled: bool = True, group: str | None = None) -> Weight:
    return Weight(points=points, cap=cap, why=why, scaled=scaled, group=group)


GROUP_CAPS: Mapping[str, float] = {
    "style": 1.0,  # taste: however much of it there is, it does not decide on a merge
    "simplify": 1.5,
    "types": 4.0,
    "comments": 4.0,
    "padding": 4.0,
}

OXLINT: Mapping[str, Weight] = {
    # Bugs
    "eslint/no-unused-vars": _weight(
        0.4, 0.8, "a variable that nothing reads is left-over code", group="padding"
    ),
    "eslint/no-unreachable": _weight(1.0, 1.0, "dead code", scaled=False, group="padding"),
    "eslint/no-dupe-keys": _weight(1.0, 1.0, "the second hides the first", scaled=False),
    "eslint/no-dupe-else-if": _weight(1.0, 1.0, "the second is never reached", scaled=False),
    "eslint/no-fallthrough": _weight(0.5, 1.0, "a case that runs on into the next"),
    "eslint/no-cond-assign": _weight(0.4, 0.8, "an assignment where a comparison is expected"),
    "eslint/no-const-assign": _weight(2.5, 2.5, "throws when it is reached", scaled=False),
    "eslint/no-self-assign": _weight(0.5, 0.5, "does nothing"),
    "eslint/no-self-compare": _weight(0.4, 0.4, "a comparison with itself"),
    "eslint/no-unsafe-finally": _weight(1.0, 1.0, "loses what was thrown", scaled=False),
    "eslint/no-unsafe-optional-chaining": _weight(1.0, 1.0, "throws where something is missing"),
    "eslint/use-isnan": _weight(1.0, 1.0, "nothing equals NaN", scaled=False),
    "eslint/valid-typeof": _weight(1.0, 1.0, "no type is called that", scaled=False),
    "eslint/no-async-promise-executor": _weight(1.0, 1.0, "loses what it throws", scaled=False),
    "eslint/no-empty": _weight(0.5, 1.0, "an empty block, or an error that vanishes"),
    "eslint/no-throw-literal": _weight(0.5, 0.5, "what is thrown has no trace"),
    "eslint/no-extend-native": _weight(2.0, 2.0, "changes the language for everybody", scaled=False),
    "eslint/no-global-assign": _weight(2.0, 2.0, "changes the language for everybody", scaled=False),
    "eslint/no-eval": _weight(2.0, 2.0, "runs what it is given", scaled=False),
    "eslint/no-new-func": _weight(2.0, 2.0, "runs what it is given", scaled=False),
    "eslint/no-debugger": _weight(1.0, 1.0, "a debugger left in"),
    "promise/no-return-wrap": _weight(0.2, 0.4, "a promise in a promise"),
    "unicorn/no-await-in-promise-methods": _weight(1.0, 1.0, "waits for each before it waits for all"),
    "unicorn/no-thenable": _weight(1.0, 1.0, "is taken for a promise"),
    # Older or weaker spellings
    "eslint/eqeqeq": _weight(0.3, 0.6, "== has rules of its own"),
    "eslint/no-var": _weight(0.3, 0.6, "var outlives its block"),
    "eslint/prefer-const": _weight(0.15, 0.3, "a variable that never varies", group="style"),
    "eslint/no-console": _weight(0.3, 0.3, "a module that talks on its own"),
    "eslint/no-new-wrappers": _weight(0.4, 0.4, "an object that is no number", group="style"),
    "eslint/prefer-rest-params": _weight(0.2, 0.2, "an older spelling", group="style"),
    "eslint/prefer-template": _weight(0.1, 0.2, "a template reads better", group="style"),
    "eslint/object-shorthand": _weight(0.1, 0.2, "the name is said twice", group="style"),
    "eslint/no-shadow": _weight(0.15, 0.3, "one name for two things", group="style"),
    "eslint/no-multi-assign": _weight(0.2, 0.4, "two assignments in one", group="style"),
    "eslint/no-sequences": _weight(0.3, 0.6, "two expressions in one", group="style"),
    # Needless code
    "eslint/no-nested-ternary": _weight(0.4, 0.8, "conditions inside conditions", group="simplify"),
    "eslint/no-useless-catch": _weight(0.4, 0.4, "catches to throw again", group="simplify"),
    "eslint/no-useless-constructor": _weight(0.2, 0.4, "needless code", group="simplify"),
    "eslint/no-useless-return": _weight(0.1, 0.1, "needless code", group="simplify"),
    "eslint/no-useless-escape": _weight(0.1, 0.2, "needless characters", group="simplify"),
    "eslint/no-unneeded-ternary": _weight(0.2, 0.2, "the condition says it", group="simplify"),
    "eslint/no-lonely-if": _weight(0.1, 0.2, "an else with nothing but an if", group="simplify"),
    "eslint/no-extra-boolean-cast": _weight(0.1, 0.2, "needless code", group="simplify"),
    "unicorn/no-useless-promise-resolve-reject": _weight(0.2, 0.2, "async does that", group="simplify"),
    "unicorn/no-useless-spread": _weight(0.15, 0.3, "a copy of a copy", group="simplify"),
    "unicorn/prefer-array-some": _weight(0.2, 0.2, "goes on when it has found", group="simplify"),
    "unicorn/prefer-includes": _weight(0.1, 0.1, "the language has a word for it", group="simplify"),
    "unicorn/new-for-builtins": _weight(0.1, 0.1, "an older spelling", group="style"),
    "unicorn/throw-new-error": _weight(0.1, 0.1, "an older spelling", group="style"),
    # Types
    "typescript/no-unsafe-function-type": _weight(0.5, 0.5, "Function lets everything in", group="types"),
    "typescript/no-wrapper-object-types": _weight(0.5, 0.5, "String is no string", group="types"),
    "typescript/no-empty-object-type": _weight(0.3, 0.3, "{} lets everything in", group="types"),
    "typescript/no-inferrable-types": _weight(0.1, 0.2, "the value says it", group="style"),
    "typescript/no-this-alias": _weight(0.2, 0.2, "an arrow function has it", group="style"),
    "typescript/prefer-for-of": _weight(0.1, 0.2, "the index is not needed", group="style"),
}
"""Oxlint's rules as "plugin/name". What is not here is not asked for."""

OXLINT_OPTIONS: Mapping[str, tuple[object, ...]] = {
    # `{ secret, ...rest }` leaves out a field on purpose.
    "eslint/no-unused-vars": ({"ignoreRestSiblings": True, "args": "after-used", "caughtErrors": "none"},),
    "eslint/eqeqeq": ("always", {"null": "ignore"}),
}

RULES: Mapping[str, Weight] = {
    "syntax-error": _weight(9.0, 9.0, "what does not parse does nothing", scaled=False),
    "cut-off": _weight(5.0, 5.0, "half a module: what is there may be good", scaled=False),
    "too-deep": _weight(9.0, 9.0, "nobody can read what is nested so deeply", scaled=False),
    "no-statement": _weight(9.0, 9.0, "there is nothing to judge", scaled=False),
    "other-language": _weight(3.0, 3.0, "TypeScript was not asked for, and does not run", scaled=False),
    "no-code-fence": _weight(1.5, 1.5, "code has to be picked out by hand", scaled=False),
    "compiler": _weight(0.8, 3.0, "the compiler refuses it", scaled=False),
    # Types
    "explicit-any": _weight(0.8, 1.6, "nothing is checked there", scaled=False, group="types"),
    "type-assertion": _weight(0.8, 1.6, "the compiler has to believe it", scaled=False, group="types"),
    "non-null-assertion": _weight(0.3, 1.8, "the compiler has to believe it", scaled=False, group="types"),
    "silenced-tool": _weight(0.8, 1.6, "what a tool would say is kept from the reader", scaled=False),
    # Bugs
    "async-for-each": _weight(2.5, 2.5, "nobody waits, and rejections are lost", scaled=False),
    "dropped-promise": _weight(1.5, 1.5, "a rejection ends the process", scaled=False),
    "order-of-arrival": _weight(2.5, 2.5, "the order is another one each time", scaled=False),
    "await-in-loop": _weight(1.5, 1.5, "takes as long as all together", scaled=False),
    "swallowed-error": _weight(2.0, 3.0, "callers cannot tell failure from an empty result", scaled=False),
    "unchecked-status": _weight(2.5, 2.5, "error pages pass for answers", scaled=False),
    "shared-variable": _weight(3.0, 3.0, "calls that overlap get each other's values", scaled=False),
    "changed-argument": _weight(1.0, 1.0, "callers lose what they did not give away", scaled=False),
    "pattern-from-input": _weight(
        1.5, 1.5, "throws, matches what it should not, or takes ages", scaled=False
    ),
    "parse-prefix": _weight(1.5, 3.0, "half a number passes for one", scaled=False),
    "return-await": _weight(0.3, 0.6, "async functions wait for what they return anyway"),
    "quadratic-list": _weight(1.5, 1.5, "fine in the example, too slow in use", scaled=False),
    # Shape
    **SHAPE_RULES,
    "long-line": _weight(1.0, 2.0, "to be scrolled before it can be read", scaled=False),
    "dense-expression": _weight(1.2, 2.4, "to be taken apart before it can be read", scaled=False),
    "short-names": _weight(3.0, 3.0, "to be looked up before it can be read", scaled=False),
    "unused-helper": _weight(1.0, 2.5, "dead code", scaled=False, group="padding"),
    "unasked": _weight(
        0.9, 2.7, "more to read and to keep than was asked for", scaled=False, group="padding"
    ),
    "stateless-class": _weight(1.0, 2.5, "functions with a detour", scaled=False, group="padding"),
    "one-use-class": _weight(
        1.0, 2.0, "a function that has to be built first", scaled=False, group="padding"
    ),
    "single-heir": _weight(1.0, 2.0, "an abstraction of one thing", scaled=False, group="padding"),
    "needless-getter": _weight(0.4, 0.8, "a field would do", scaled=False, group="padding"),
    # Comments
    "restating-comment": _weight(0.2, 1.4, "to be read, and kept true, for nothing", group="comments"),
    "empty-comment": _weight(0.4, 1.2, "praise and keywords help no reader", group="comments"),
    "ruler": _weight(0.1, 0.3, "decoration", group="comments"),
    "comment-spam": _weight(2.5, 2.5, "the code is hard to find", scaled=False, group="comments"),
}
"""The analyzers' own rules."""


class EcmaScriptWeights(Value):
    """What the analyzers of JavaScript and TypeScript weigh by. A suite may set some of it otherwise.

    A reply explains itself in its prose too, which makes up for a part of what the code lacks:
    `prose_instead` of a comment that is not there, `prose_beside` of one that tells too little, in
    full with `prose_words` words of news. Sentences of praise cost what they cost in a comment.
    """

    oxlint: Mapping[str, Weight] = OXLINT
    oxlint_options: Mapping[str, tuple[object, ...]] = OXLINT_OPTIONS
    rules: Mapping[str, Weight] = RULES
    group_caps: Mapping[str, float] = GROUP_CAPS
    documentation: DocumentationWeights = DocumentationWeights(names=8.75, module=0.25, besides=2.5)
    documentation_caps: Mapping[str, float] = Field(default={}, description="most for a rule, where set")
    prose_instead: float = Field(default=0.6, ge=0, le=1)
    prose_beside: float = Field(default=0.3, ge=0, le=1)
    prose_words: int = 30
    reference_lines: int = Field(default=40, description="lines of code up to which costs are not scaled")

    def of(self, rule: str) -> Weight | None:
        """Give the weight of a rule: our own, or one of oxlint's; None where it has none."""
        return self.rules.get(rule) or self.oxlint.get(rule)

    def with_own(self, own: OwnCosts) -> Self:
        """Give the weights as a suite has them."""
        return self.model_copy(
            update={
                "oxlint": own.on_all(self.oxlint),
                "rules": own.on_all(self.rules),
                "group_caps": own.on_groups(self.group_caps),
                "documentation_caps": own.caps,
            }
        )


DEFAULT_WEIGHTS = EcmaScriptWeights()
