"""Flatten a nested list: lists are opened at every depth, and nothing else is."""

from pytest_llmbench import llm_task


@llm_task(title="Flatten a nested list", language="python", prompt="prompt.md")
async def test_flatten(candidate, score):
    with score.correctness("keeps the original order"):
        assert await candidate.call("flatten", [3, [1, [4, 1]], 5, [9]]) == [3, 1, 4, 1, 5, 9]

    with score.correctness("opens every level"):
        assert await candidate.call("flatten", [[[["a"]], "b"], [[[["c"]]]]]) == ["a", "b", "c"]
        assert await candidate.call("flatten", nested(7, "core")) == ["core"]

    with score.correctness("leaves nothing of empty lists"):
        assert await candidate.call("flatten", []) == []
        assert await candidate.call("flatten", [[], [[], [[]]], 6, []]) == [6]

    # Who uses a `flatten` that fails one of the next two loses data without being told.
    with score.correctness("opens lists and nothing else", weight=2):
        mixed = ["north", [("x", 2), [None, {"k": [1]}]], 2.5]
        assert await candidate.call("flatten", mixed) == ["north", ("x", 2), None, {"k": [1]}, 2.5]

    with score.correctness("gives a new list, call after call", weight=2):
        first = await candidate.observe("flatten", [10, [20, [30]]])
        assert first.value == [10, 20, 30]
        assert await candidate.call("flatten", first.arguments[0]) == [10, 20, 30]
        flat = await candidate.observe("flatten", [7, 8])
        assert flat.value == [7, 8]
        assert flat.returned_argument is None, "it gave back the very list that it was given"

    # It weighs so much that an answer with a fault stays below 6.5, where one would merge.
    with score.correctness("could be merged as it is", weight=6):
        assert not candidate.form_fault, candidate.form_fault
        left = [check.label for check in score.checks if not check.passed]
        assert not left, f"what is left: {'; '.join(left)}"

    with score.correctness("has the type hints and the docstring that were asked for"):
        assert candidate.nodes("type"), "no type hint"
        assert any(node.parent == "expression_statement" for node in candidate.nodes("string")), (
            "no docstring"
        )

    with score.edge_case("keeps a string whole"):
        assert await candidate.call("flatten", ["ab", ["[c, d]", ["", "e"]]]) == ["ab", "[c, d]", "", "e"]

    with score.edge_case("keeps bytes whole"):
        assert await candidate.call("flatten", [b"xy", [b"\x00z"]]) == [b"xy", b"\x00z"]

    with score.edge_case("keeps a tuple whole"):
        assert await candidate.call("flatten", [(1, 2), [(3, [4]), ()]]) == [(1, 2), (3, [4]), ()]

    with score.edge_case("keeps a dict whole"):
        assert await candidate.call("flatten", [[{"a": 1}], {"b": [2, 3]}]) == [{"a": 1}, {"b": [2, 3]}]

    with score.edge_case("keeps falsy items"):
        falsy = await candidate.call("flatten", [0, [None, [False, ""]], 0.0, [[(), {}]]])
        assert falsy == [0, None, False, "", 0.0, (), {}]

    with score.edge_case("leaves its input as it was"):
        seen = await candidate.observe("flatten", [[1, [2]], [[3], 4], []])
        assert seen.arguments == ([[1, [2]], [[3], 4], []],)

    with score.edge_case("opens 300 levels"):
        assert await candidate.call("flatten", nested(300, "deep")) == ["deep"]

    # Recursion, which is what was asked for, ends at the interpreter's limit: that costs a little.
    with score.edge_case("opens more levels than Python's stack has", weight=0.7):
        assert await candidate.call("flatten", nested(1500, "deeper")) == ["deeper"]


def nested(levels, item):
    """Give a list that holds the item that many levels down."""
    for _ in range(levels):
        item = [item]
    return item
