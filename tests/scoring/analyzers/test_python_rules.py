"""Each rule: code that it marks, and code that looks like it and is fine."""

from __future__ import annotations

from textwrap import dedent

import pytest

from pytest_llmbench.scoring.analyzers.python_bugs import bug_marks
from pytest_llmbench.scoring.analyzers.python_comments import python_comment_marks
from pytest_llmbench.scoring.analyzers.python_hints import hint_marks
from pytest_llmbench.scoring.analyzers.python_source import parse
from pytest_llmbench.scoring.analyzers.python_structure import statements, structure_marks


def marks(code, asked=()):
    module = parse(dedent(code))
    return [
        *hint_marks(module),
        *bug_marks(module),
        *structure_marks(module, asked),
        *python_comment_marks(module),
    ]


def lines(code, rule, asked=()):
    return [mark.line for mark in marks(code, asked) if mark.rule == rule]


def share(code, rule):
    return [round(mark.share, 2) for mark in marks(code) if mark.rule == rule]


def test_missing_hints_cost_their_share_of_the_module():
    assert share("def f(a, b): ...\n", "missing-hint") == [1.0]
    assert share("def f(a: int, b) -> int: ...\n", "missing-hint") == [0.33]
    assert share("def f(a: int) -> int: ...\ndef g(b): ...\n", "missing-hint") == [0.5]


@pytest.mark.parametrize(
    "code",
    [
        "def f(a: int, *args: str) -> None: ...",
        "class A:\n    def __init__(self, a: int):\n        self.a = a\n    def __len__(self): return 1",
        "def f() -> int:\n    def inner(x): return x\n    return inner(1)",
        "f = lambda x: x",
    ],
)
def test_hints_that_are_not_due(code):
    assert lines(code, "missing-hint") == []


def test_vague_hints_cost_more_the_less_they_say():
    assert share("def f(a: list[Any]) -> list[Any]: ...", "vague-hint") == [0.33]
    assert share("def f(a: list) -> List: ...", "vague-hint") == [0.33]
    assert share("def f(a: Any) -> Any: ...", "vague-hint") == [1.0]
    assert share("def f(a: dict[str, Any], b: int, c: str) -> int: ...", "vague-hint") == []


@pytest.mark.parametrize(
    ("hint", "types", "marked"),
    [
        ("list[Any]", "Iterable", True),
        ("list[Any]", "(list, tuple)", True),
        ("List[Any]", "(list, tuple)", True),
        ("list[Any]", "list", False),
        ("Iterable[Any]", "Iterable", False),
        ("list | tuple", "(list, tuple)", False),
        ("dict[str, int]", "OrderedDict", False),
        ("list[Any]", "Special", False),
    ],
)
def test_hints_that_the_code_contradicts(hint, types, marked):
    code = f"""
        def f(xs: {hint}) -> list[int]:
            out: list[int] = []
            for x in xs:
                if isinstance(x, {types}):
                    out.extend(f(x))
            return out
        """
    assert bool(lines(code, "contradicted-hint")) == marked


def test_a_negated_check_contradicts_nothing():
    code = """
        def f(xs: list[int]) -> list[int]:
            return [] if not isinstance(xs, tuple) else f(xs)
        """
    assert lines(code, "contradicted-hint") == []


@pytest.mark.parametrize(
    "body",
    ["acc.append(x)", "acc[x] = 1", "return acc", "return f(x, acc)", "acc += [x]\n    return acc"],
)
def test_a_shared_default_that_is_changed_or_given_away(body):
    assert lines(f"def f(x, acc=[]):\n    {body}\n", "shared-default") == [1]


@pytest.mark.parametrize(
    "code",
    [
        "def f(x, acc=None):\n    acc = acc or []\n    acc.append(x)\n    return acc",
        "def f(x, options={}):\n    return x in options",
        "def f(x, names=()):\n    return names",
    ],
)
def test_a_default_that_nobody_changes(code):
    assert lines(code, "shared-default") == []


@pytest.mark.parametrize("change", ["xs.pop()", "xs[0] = 1", "del xs[0]", "xs.sort()", "xs[0] += 1"])
def test_an_argument_that_is_changed_beside_a_result(change):
    assert lines(f"def f(xs):\n    {change}\n    return xs[0]\n", "changed-argument") == [2]


@pytest.mark.parametrize(
    "code",
    [
        "def f(xs):\n    xs = list(xs)\n    xs.pop()\n    return xs",
        "def f(xs):\n    xs.sort()",
        "def f(xs) -> None:\n    xs.append(1)",
        "def _f(xs):\n    xs.append(1)\n    return xs",
        'def f(xs):\n    """Sort xs in place and return it."""\n    xs.sort()\n    return xs',
        "def f(*xs, **more):\n    more.pop('a')\n    return more",
        "def f(stack):\n    return stack.peek()",
    ],
)
def test_an_argument_that_may_be_changed_or_is_not(code):
    assert lines(code, "changed-argument") == []


def test_a_docstring_that_denies_the_change_excuses_nothing():
    code = 'def f(xs):\n    """Give the last. The list is not changed."""\n    return xs.pop()'
    assert lines(code, "changed-argument") == [3]


@pytest.mark.parametrize(
    "code",
    [
        "def f(xs):\n    while xs:\n        xs.pop(0)",
        "def f(xs):\n    for x in xs:\n        out.insert(0, x)",
        "def f(xs):\n    out = []\n    for x in xs:\n        out = out + [x]",
        "def f(xs):\n    out = []\n    for x in xs:\n        out = out + g(x)",
        "def f(xs):\n    return reduce(lambda a, x: a + [x], xs, [])",
        "def f(xs):\n    return functools.reduce(lambda a, x: a + (f(x) if x else [x]), xs, [])",
    ],
)
def test_a_list_that_is_copied_or_moved_each_time(code):
    assert len(lines(code, "quadratic-list")) == 1


@pytest.mark.parametrize(
    "code",
    [
        "def f(xs):\n    first = xs.pop(0)",
        "def f(xs):\n    while xs:\n        xs.pop()",
        "def f(xs):\n    total = 0\n    for x in xs:\n        total = total + x",
        "def f(xs):\n    out = []\n    for x in xs:\n        out += [x]",
        "def f(xs):\n    return reduce(lambda a, x: a + x, xs, 0)",
        "def f(d):\n    for key in d:\n        d.pop(key, 0)",
        "for x in xs:\n    def g():\n        return x.pop(0)",
    ],
)
def test_work_that_is_linear(code):
    assert lines(code, "quadratic-list") == []


@pytest.mark.parametrize(
    "code",
    [
        "def f(xs):\n    return [xs[0]] + f(xs[1:]) if xs else []",
        "def f(xs):\n    head, *tail = xs\n    return [head, *f(tail)]",
        "def f(xs):\n    match xs:\n        case [head, *tail]:\n            return f(tail)",
    ],
)
def test_recursion_over_the_items(code):
    assert len(lines(code, "item-recursion")) == 1


@pytest.mark.parametrize(
    "code",
    [
        "def f(xs):\n    mid = len(xs) // 2\n    return merge(f(xs[:mid]), f(xs[mid:]))",
        "def f(tree):\n    return [f(child) for child in tree]",
        "def f(xs):\n    head, *tail = xs\n    return g(tail)",
    ],
)
def test_recursion_over_the_structure(code):
    assert lines(code, "item-recursion") == []


def test_what_runs_on_import():
    assert lines("def f(): ...\nprint(f())\n", "import-time-effect") == [2]
    assert lines('if __name__ == "__main__":\n    print(1)\n', "import-time-effect") == []


def test_statements_leave_out_docstrings_and_comments():
    code = 'def f():\n    """D."""\n    # c\n    for x in y:\n        """not a docstring"""\n        g(x)\n'
    assert [statements(function) for function in parse(code).functions] == [3]


@pytest.mark.parametrize(
    ("expression", "dense"),
    [
        ("[y for x in l for y in (f(x) if g(x) else [x])]", True),
        ("[x for row in rows for x in row if x]", False),
        ("{k: v for k, v in d.items() if k and v}", False),
        ("reduce(lambda a, x: a if x else x, xs)", False),
        ("[(lambda x: x)(a) for a in b if a if c for d in a]", True),
    ],
)
def test_dense_expressions(expression, dense):
    assert bool(lines(f"def f(l):\n    return {expression}\n", "dense-expression")) == dense


@pytest.mark.parametrize("end", ["return 1", "raise ValueError", "continue", "break"])
def test_what_never_runs(end):
    assert lines(f"for a in b:\n    {end}\n    c = 1\n    d = 2\n", "unreachable") == [3]
    assert lines(f"for a in b:\n    if a:\n        {end}\n    # fine\n    c = 1\n", "unreachable") == []


def test_private_names_that_nothing_uses():
    code = "def _a(): ...\ndef _b(): _b()\ndef _c(): ...\n_D = 1\ndef main(): _c()\n"
    assert lines(code, "unused-helper") == [1, 2, 4]


def test_names_in_strings_and_decorators_are_used():
    code = "_T = int\ndef _wrap(f): return f\n@_wrap\ndef main(x: '_T') -> None: ...\n"
    assert lines(code, "unused-helper") == []


def test_public_names_that_nobody_asked_for():
    code = "def extra(): ...\ndef used(): ...\nclass More: ...\nLIMIT = 1\ndef f(): used()\n"
    assert lines(code, "unasked", asked=("f",)) == [1, 3]
    assert lines(code, "unasked") == []
    assert (
        lines(code + 'if __name__ == "__main__":\n    extra()\n    More()\n', "unasked", asked=("f",)) == []
    )
    assert lines(code, "unasked", asked=("nothing_of_this",)) == []


def test_names_left_out_of_all_are_private():
    assert lines('__all__ = ["f"]\ndef f(): ...\ndef g(): ...\n', "unused-helper") == [3]


FACTORY = """
    class Strategy(ABC):
        @abstractmethod
        def run(self, x): ...

    class Only(Strategy):
        def run(self, x): return x

    class Service:
        def __init__(self, strategy): self._strategy = strategy
        def serve(self, x): return self._strategy.run(x)

    def f(x):
        service: Service = Service(Only())
        return service.serve(x)
    """


def test_layers_for_one_purpose():
    assert lines(FACTORY, "single-heir") == [2]
    assert lines(FACTORY, "one-method-class") == [6, 9]
    assert lines(FACTORY, "detour") == [11]


@pytest.mark.parametrize(
    "code",
    [
        # Two heirs: an abstraction of something.
        FACTORY + "\n    class Other(Strategy):\n        def run(self, x): return 2 * x\n",
        # What was asked for has no use in its own module.
        "class Limiter(ABC):\n    @abstractmethod\n    def allow(self): ...\n",
    ],
)
def test_abstractions_that_stand(code):
    assert lines(code, "single-heir") == []


def test_classes_that_hold_nothing():
    code = """\
    class Formatter:
        def __init__(self): self.ready = True
        def show(self, x): return str(x)
        def hide(self, x): return ""

    class Factory:
        @staticmethod
        def make(): return Formatter()

    class Counter:
        def add(self, x): self.total = x

    class Handler(Base):
        def handle(self, x): return x

    @register
    class Plugin:
        def run(self, x): return x
    """
    assert lines(code, "stateless-class", asked=("f",)) == [1, 6]
    assert lines(code, "stateless-class", asked=("f", "Factory.make")) == [1]
    assert lines(code, "stateless-class") == []  # where nobody says what was asked for, it may be that


@pytest.mark.parametrize(
    "code",
    [
        "class Parser:\n    def parse(self): self.i += 1\ndef f(t): return Parser(t).parse()",
        "@dataclass\nclass Node:\n    a: int\n    def size(self): return 1\ndef f(): return Node(1)",
        "class Error(ValueError):\n    def text(self): return ''\ndef f(): raise Error()",
        "class Stack:\n    def push(self, x): ...\n    def pop(self): ...\ndef f(): return Stack()",
        "class Api:\n    def get(self): ...\n",
    ],
)
def test_classes_that_stand(code):
    assert lines(code, "one-method-class") == []


@pytest.mark.parametrize(
    "code",
    [
        "def _walk(xs): ...\ndef f(xs): return list(_walk(xs))",
        "def _walk(xs, n): ...\ndef f(xs): return _walk(xs, 0)",
        "class A:\n    def get(self, k): return self._d.fetch(k)",
    ],
)
def test_functions_that_do_more_than_hand_on(code):
    assert lines(code, "detour") == []


@pytest.mark.parametrize(
    ("comment", "code"),
    [
        ("# Loop over the items", "for item in items: ..."),
        ("# Create an empty list", "result = []"),
        ("# Return the result", "return result"),
        ("# Check if item is a list", "if isinstance(item, list): ..."),
        ("# Increment the counter", "counter += 1"),
        ("# Import the module", "import os"),
    ],
)
def test_comments_that_restate(comment, code):
    assert lines(f"def f():\n    {comment}\n    {code}\n", "restating-comment") == [2]
    trailing = f"def f():\n    {code}  {comment}\n"
    assert lines(trailing, "restating-comment") == [2]


def test_a_comment_is_no_code_beside_itself():
    code = "def f():\n    limit = 3  # the vendor throttles us, see #417 and #418\n"
    assert lines(code, "restating-comment") == []


@pytest.mark.parametrize(
    ("comment", "code"),
    [
        ("# iterators remember where to resume", "stack.append(iter(item))"),
        ("# Compare with 1, not 0: a fraction of a token is no event", "if self.tokens < 1: ..."),
        ("# seconds", "timeout = 5"),
        ("# type: ignore[arg-type]", "x = y"),
        ("# noqa: E501", "x = y"),
        ("# O(n log n)", "xs.sort()"),
        ("#", "x = y"),
        ("# 1", "x = y"),
    ],
)
def test_comments_that_tell(comment, code):
    found = marks(f"def f() -> None:\n    {comment}\n    {code}\n")
    assert [mark.rule for mark in found if "comment" in mark.rule] == []


def test_rulers_and_praise():
    code = "# =========\n# The Parser\n# =========\nx = 1\n# Robust, production-ready code\ny = 1\n"
    assert lines(code, "ruler") == [1]
    assert lines(code, "empty-comment") == [5]


def test_spam_is_noise_by_the_line_and_not_comments_by_the_line():
    noise = "".join(f"# set a{n}\na{n} = 1\n" for n in range(8))
    reasons = "".join(f"# the {word} burst is served late\na{n} = 1\n" for n, word in enumerate("abcdefgh"))
    assert lines(noise, "comment-spam") == [1]
    assert lines(reasons, "comment-spam") == []
