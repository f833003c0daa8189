from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pytest_llmbench.scoring.analyzers.python_source import parse

CODE = '''\
"""The module.

More of it.
"""
# a comment
import x


@register(1)
class Box(Base, metaclass=Meta):
    "A box."

    def __init__(self, size: int, /, *items: str, deep: list[int] = [], **more) -> None:
        self.size = size  # kept

    @staticmethod
    def make(size): return Box(size)

    def grow(self):
        """Grow \\"it\\"
        twice."""
        def inner(y):
            yield y
        return inner


async def _hidden() -> None: ...


__all__ = ["Box"]
'''


def test_docstrings_are_found_and_unindented():
    module = parse(CODE)
    assert module.docstring == "The module.\n\nMore of it."
    assert [cls.docstring for cls in module.classes] == ["A box."]
    assert {f.name: f.docstring for f in module.functions}["grow"] == 'Grow "it"\ntwice.'


def test_functions_with_their_parameters():
    functions = {function.name: function for function in parse(CODE).functions}
    init = functions["__init__"]
    assert [(p.name, p.annotation, p.default is None, p.star) for p in init.params] == [
        ("size", "int", True, False),
        ("items", "str", True, True),
        ("deep", "list[int]", False, False),
        ("more", None, True, True),
    ]
    assert [p.name for p in functions["make"].params] == ["size"]
    assert (functions["make"].decorators, functions["make"].line) == (("staticmethod",), 17)
    assert init.owner is not None
    assert init.owner.name == "Box"


def test_what_is_public():
    functions = {function.name: function for function in parse(CODE).functions}
    assert [name for name, function in functions.items() if function.public] == ["make", "grow"]
    assert functions["inner"].nested


def test_what_gives_a_result():
    functions = {function.name: function for function in parse(CODE).functions}
    giving = [name for name, function in functions.items() if function.gives_result]
    assert giving == ["make", "grow", "inner"]


def test_classes_with_bases_and_decorators():
    (box,) = parse(CODE).classes
    assert (box.bases, box.decorators, box.line) == (("Base", "metaclass=Meta"), ("register(1)",), 10)


def test_lines_of_code_leave_out_comments_and_docstrings():
    assert parse(CODE).code_lines == 13
    assert parse("").code_lines == 1


def test_names_in_all():
    assert parse(CODE).exported == {"Box"}
    assert parse("x = 1").exported == frozenset()


def test_newer_syntax_is_read_whatever_runs_us():
    module = parse("type A[T] = list[T]\n\ndef f[T](x: A[T]) -> T:\n    return x[0]\n")
    assert [(f.name, f.returns, f.params[0].annotation) for f in module.functions] == [("f", "T", "A[T]")]


def test_code_that_is_cut_off_gives_what_is_there():
    module = parse(CODE[:400])
    assert [cls.name for cls in module.classes] == ["Box"]
    assert "make" in [function.name for function in module.functions]


def test_depth_is_counted_without_recursion():
    assert parse("x = " + "-" * 30_000 + "1").depth > 30_000


@given(st.text(max_size=200) | st.text(alphabet=st.sampled_from("def class():\n  \"'=@*,[]x"), max_size=200))
def test_any_text_gives_a_module(code):
    module = parse(code)
    assert module.code_lines >= 1
    assert all(function.line >= 1 for function in module.functions)
    assert all(module.root in [*module.ancestors(n), n] for n in module.nodes)
