"""Which block is the answer, where a reply has several."""

from __future__ import annotations

import ast

import pytest

from pytest_llmbench.answers.extract import extract

FIRST = "def flatten(x):\n    return 1\n"
LAST = "def flatten(x):\n    return 2\n"
USAGE = "from flatten import flatten\n\nprint(flatten([1]))\n"


def take(*parts, language="python", names=("flatten",), truncated=False):
    return extract("\n".join(parts), language=language, names=names, truncated=truncated)


def block(code, tag="python"):
    return f"```{tag}\n{code}```\n"


def js(code):
    return block(code, "javascript")


def go(code):
    return block(code, "go")


def test_the_last_of_equals():
    answer = take("Draft:", block(FIRST), "Better:", block(LAST))
    assert (answer.code, answer.notes) == (LAST, ())


@pytest.mark.parametrize(
    "after",
    [
        block(USAGE),
        block("print(flatten([1]))\n"),
        block(">>> flatten([1])\n[1]\n"),
        block("python flatten.py\n", "bash"),
        block("[1, 2]\n", ""),
        block("flatten([1])\n", ""),
        "    print(flatten([1]))\n",
        block("import pytest\n\ndef test_it():\n    assert flatten([1]) == [1]\n"),
        block(LAST, "text"),
        block(LAST, ""),
    ],
)
def test_what_follows_the_answer_is_not_taken(after):
    assert take(block(FIRST), "Usage:\n", after).code == FIRST


def test_a_tagged_usage_example_gives_way_to_an_untagged_answer():
    answer = take(block(FIRST, ""), "Usage:", block("print(flatten([]))\n"))
    assert (answer.code, answer.found) == (FIRST, "untagged_fence")


def test_a_tagged_usage_example_gives_way_to_bare_code():
    answer = take(FIRST, "Use it so:", block("print(flatten([]))\n"))
    assert (answer.code, answer.found) == (FIRST, "bare")


def test_another_tag_counts_where_it_defines_the_names():
    code = "export function flatten(x: number[]): number[] { return x; }\n"
    answer = take(block(code, "ts"), language="javascript")
    assert (answer.code, answer.found) == (code, "other_fence")
    assert answer.notes == ("the fence is tagged 'typescript'",)


def test_all_names_decide():
    whole = "export function loadReport() {}\nexport const loadAll = () => 1;\n"
    part = "export function loadReport() { return 2; }\n"
    answer = take(js(whole), "Simpler:", js(part), language="javascript", names=("loadReport", "loadAll"))
    assert answer.code == whole


def test_without_names_the_last_tagged_block():
    assert take(block("a = 1\n"), block("b = 2\n"), block("ls\n", "bash"), names=()).code == "b = 2\n"


def test_without_names_and_tags_the_last_untagged_block():
    assert take(block("a = 1\n", ""), block("b = 2\n", ""), names=()).code == "b = 2\n"


def test_without_names_a_related_tag_will_do():
    answer = take(block("f()\n", "js"), block("ls\n", "bash"), language="typescript", names=())
    assert (answer.code, answer.found) == ("f()\n", "other_fence")


def test_without_names_a_shell_block_is_no_answer():
    assert take(block("ls\n", "bash"), names=()).code is None


def test_a_method_asks_for_its_class():
    code = "class Stack:\n    def push(self, x):\n        pass\n"
    assert take(block(code), block("Stack().push(1)\n"), names=("Stack.push",)).code == code


def test_another_name_than_the_needed_one_is_still_code():
    code = "def flatten_list(x):\n    return x\n"
    answer = take(block(code), block("print(flatten_list([1]))\n"))
    assert (answer.code, answer.notes) == (code, ("no code defines `flatten`",))


def test_the_block_with_most_names_where_none_has_all():
    some = "export function loadReport() {}\n"
    answer = take(js(some), js("loadReport();\n"), language="javascript", names=("loadReport", "loadAll"))
    assert (answer.code, answer.notes) == (some, ("no code defines `loadAll`",))


def test_a_usage_example_alone_is_what_there_is():
    assert take(block("print(flatten([1]))\n")).code == "print(flatten([1]))\n"


def test_bare_code_with_another_name_is_still_code():
    code = "import os\n\n\ndef flat(x):\n    return x\n"
    assert take("Here.\n", code).code == code


def test_the_last_complete_block_before_one_that_is_cut_off():
    answer = take(block(FIRST), "Even better:", "```python\n" + LAST + "    if x", truncated=True)
    assert answer.code == FIRST
    assert answer.notes == ("the last block is cut off; the complete one before it was taken",)


def test_a_block_that_is_cut_off_counts_where_it_alone_has_the_name():
    answer = take(block("import os\n"), "```python\n" + LAST, truncated=True)
    assert (answer.code, answer.notes) == (LAST, ("cut off",))


def test_a_fence_that_is_not_closed_counts_in_full_where_nothing_was_cut_off():
    assert take(block(FIRST), "Even better:", "```python\n" + LAST).code == LAST


class TestJoining:
    def test_imports_in_one_block_and_the_function_in_the_next(self):
        imports, function = "from typing import Any\n", "def flatten(x: Any) -> Any:\n    return x\n"
        answer = take("First the imports:", block(imports), "Then:", block(function), block(USAGE))
        assert answer.code == f"{imports}\n\n{function}"
        assert answer.notes == ("joined 2 blocks",)

    def test_a_helper_before_the_function_that_calls_it(self):
        helper, function = "def _walk(x):\n    yield x\n", "def flatten(x):\n    return list(_walk(x))\n"
        answer = take(block(helper), "and", block(function), block("print(flatten([]))\n"))
        assert answer.code == f"{helper}\n\n{function}"

    def test_a_helper_behind_the_function_that_calls_it(self):
        function, helper = "def flatten(x):\n    return list(_walk(x))\n", "def _walk(x):\n    yield x\n"
        assert take(block(function), "with", block(helper)).code == f"{function}\n\n{helper}"

    def test_what_a_helper_needs_comes_too(self):
        parts = ["import re\n", "def _a():\n    return re\n", "def _b():\n    return _a()\n"]
        main = "def flatten(x):\n    return _b()\n"
        answer = take(*map(block, parts), block("unrelated = 1\n"), block(main))
        assert answer.code == "\n\n".join([*parts, main])
        assert answer.notes == ("joined 4 blocks",)

    def test_names_spread_over_blocks(self):
        one, two = "export function loadReport() {}\n", "export function loadAll() { return loadReport(); }\n"
        answer = take(js(one), js(two), language="javascript", names=("loadReport", "loadAll"))
        assert answer.code == f"{one}\n\n{two}"
        assert answer.notes == ("joined 2 blocks",)

    def test_untagged_blocks_join_tagged_ones(self):
        answer = take(block("import re\n"), block("def flatten(x):\n    return re.split(x)\n", ""))
        assert answer.notes == ("joined 2 blocks",)
        assert answer.found == "untagged_fence"

    def test_two_complete_versions_are_not_joined(self):
        draft = f"import os\n\n\n{FIRST}"
        assert take(block(draft), block(f"import os\n\n\n{LAST}")).code == f"import os\n\n\n{LAST}"

    def test_a_python_patch_goes_behind_what_it_patches(self):
        whole = f"def _walk(x):\n    return x\n\n\n{FIRST}"
        patch = "def flatten(x):\n    return _walk(x)\n"
        answer = take(block(whole), "Change it so:", block(patch))
        assert answer.code == f"{whole}\n\n{patch}"

    def test_a_patch_in_another_language_is_left_out(self):
        whole = "package main\n\ntype server struct{}\n\nfunc newServer() *server {\n\treturn nil\n}\n"
        patch = "func newServer() *server {\n\treturn &server{}\n}\n"
        answer = take(go(whole), "That is:", go(patch), language="go", names=("newServer",))
        assert answer.code == whole
        assert answer.notes == ("a later block that repeats a part of it was left out",)

    def test_a_usage_example_is_never_joined(self):
        usage = "import { createApp } from './app.mjs';\n\nconst users = [];\ncreateApp(users);\n"
        code = "export function createApp() {\n  return users.length;\n}\n"
        answer = take(js(code), js(usage), language="javascript", names=("createApp",))
        assert answer.code == code

    def test_local_names_join_nothing(self):
        problem = "let data = null;\nlet id = 1;\n"
        body = "  const data = await fetchFn(id);\n  return data.json();\n"
        code = f"export async function loadReport(fetchFn, id) {{\n{body}}}\n"
        answer = take("You wrote", js(problem), js(code), language="javascript", names=("loadReport",))
        assert answer.code == code

    def test_future_imports_go_first(self):
        answer = take(
            block("def _walk(x):\n    return x\n"),
            block("from __future__ import annotations\n\n\ndef flatten(x):\n    return _walk(x)\n"),
        )
        assert answer.code.startswith("from __future__ import annotations\n")
        ast.parse(answer.code)
        compile(answer.code, "answer", "exec")

    def test_an_import_of_javascript_is_said_once(self):
        helper = "import express from 'express';\n\nfunction help() {\n  return express;\n}\n"
        main = (
            "import express from 'express';\n\nexport function createApp() {\n  return help(express());\n}\n"
        )
        answer = take(js(helper), js(main), language="javascript", names=("createApp",))
        assert answer.code.count("import express") == 1
        assert answer.notes == ("joined 2 blocks",)

    def test_go_has_one_package_clause_and_its_imports_first(self):
        body = 'type server struct{}\n\nvar _ = fmt.Sprint(str.ToLower(""))\n'
        types = f'package main\n\nimport (\n\t"fmt"\n\tstr "strings"\n)\n\n{body}'
        function = "func newServer() *server {\n\tfmt.Println(os.Args)\n\treturn nil\n}\n"
        main = f'package main\n\nimport "fmt"\n\nimport "os"\n\n{function}'
        answer = take(go(types), go(main), language="go", names=("newServer",))
        assert answer.code == (
            f'package main\n\n\nimport (\n\t"fmt"\n\tstr "strings"\n\t"os"\n)\n\n\n{body}\n\n{function}'
        )

    def test_types_of_typescript_in_a_block_of_their_own(self):
        types = "export type Graph = Map<string, number>;\n"
        code = "export function shortestPath(graph: Graph): number {\n  return graph.size;\n}\n"
        answer = take(block(types, "ts"), block(code, "ts"), language="typescript", names=("shortestPath",))
        assert answer.notes == ("joined 2 blocks",)

    def test_a_signature_alone_is_no_answer(self):
        code = "export function shortestPath(a: number): number {\n  return a;\n}\n"
        signature = "export function shortestPath(a: number): number;\n"
        answer = take(
            block(code, "ts"),
            "The interface:",
            block(signature, "ts"),
            language="typescript",
            names=("shortestPath",),
        )
        assert answer.code == code

    def test_bare_functions_between_prose(self):
        helper, function = "def _walk(x):\n    yield x\n", "def flatten(x):\n    return list(_walk(x))\n"
        answer = take("The helper:\n", helper, "The function, which uses it:\n", function)
        assert (answer.code, answer.found) == (f"{helper}\n\n{function}", "bare")
