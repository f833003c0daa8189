"""A Python answer in its host: what it returns, raises, prints and leaves behind reaches the judge."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from pytest_llmbench.errors import CandidateCrash, CandidateError, CandidateTimeout, SandboxError, TaskError
from pytest_llmbench.sandbox.base import RESTRICTION, Command, Holds, Limits, Sandbox, SandboxProcess
from pytest_llmbench.sandbox.codec import MAX_DEPTH, MAX_INCOMING
from pytest_llmbench.sandbox.host import Observation, Opaque, Source
from pytest_llmbench.sandbox.hosts import PipeHost
from pytest_llmbench.sandbox.plain import Plain
from pytest_llmbench.sandbox.pythonlauncher import PythonLauncher

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.asyncio


@pytest.fixture
def launcher(any_sandbox: Sandbox) -> PythonLauncher:
    return PythonLauncher(any_sandbox, Limits(cpu_s=5))


@asynccontextmanager
async def loaded(launcher: PythonLauncher, code: str, harness: str | None = None) -> AsyncIterator[PipeHost]:
    host = await launcher.load(Source(code=code, harness=harness))
    try:
        yield host
    finally:
        await host.close()


async def call(launcher: PythonLauncher, code: str, name: str, *args: object) -> Observation:
    async with loaded(launcher, code) as host:
        return await host.call(name, args, timeout_s=10)


async def error_of(launcher: PythonLauncher, code: str, name: str, *args: object) -> CandidateError:
    with pytest.raises(CandidateError) as caught:
        await call(launcher, code, name, *args)
    return caught.value


async def test_a_call_returns_its_value(launcher: PythonLauncher) -> None:
    code = (
        "def flatten(items):\n    return [x for i in items for x in (flatten(i) if type(i) is list else [i])]"
    )
    async with loaded(launcher, code) as host:
        assert (await host.call("flatten", ([1, [2, [3]]],), timeout_s=10)).value == [1, 2, 3]
        assert (await host.call("flatten", ([],), timeout_s=10)).value == []


async def test_the_same_at_every_level(sandbox: Sandbox) -> None:
    seen = await call(
        PythonLauncher(sandbox, Limits()), "def f(x):\n    return {(1, 2): {x}, 'b': b'x'}", "f", 3
    )
    assert seen.value == {(1, 2): {3}, "b": b"x"}


async def test_without_isolation_too() -> None:
    assert (await call(PythonLauncher(Plain(), Limits()), "def f(x): return x + 1", "f", 1)).value == 2


async def test_arguments_are_shown_as_the_call_left_them(launcher: PythonLauncher) -> None:
    seen = await call(launcher, "def f(a, b):\n    a.append(b)\n    return a", "f", [1], 2)
    assert seen.value == [1, 2]
    assert seen.arguments == ([1, 2], 2)
    assert seen.returned_argument == 0


async def test_an_equal_result_is_not_the_argument(launcher: PythonLauncher) -> None:
    assert (await call(launcher, "def f(a): return list(a)", "f", [1])).returned_argument is None
    assert (await call(launcher, "def f(a): return a", "f", 1)).returned_argument is None


async def test_state_lasts_from_call_to_call(launcher: PythonLauncher) -> None:
    async with loaded(launcher, "seen = []\ndef add(x):\n    seen.append(x)\n    return seen") as host:
        await host.call("add", (1,), timeout_s=10)
        assert (await host.call("add", (2,), timeout_s=10)).value == [1, 2]


async def test_calls_at_once_take_turns(launcher: PythonLauncher) -> None:
    async with loaded(launcher, "def f(x): return x") as host:
        seen = await asyncio.gather(*(host.call("f", (number,), timeout_s=10) for number in range(20)))
        assert [observation.value for observation in seen] == list(range(20))


@pytest.mark.parametrize(
    ("body", "type_name"),
    [
        ("raise ValueError('no')", "ValueError"),
        ("raise Exception", "Exception"),
        ("return 1 / 0", "ZeroDivisionError"),
        ("return f()", "RecursionError"),
        ("import sys; sys.exit(0)", "SystemExit"),
        ("raise SystemExit", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("return bytearray(2**40)", "MemoryError"),
        ("import nonsense", "ModuleNotFoundError"),
        ("class Mine(Exception):\n        def __str__(self): raise OSError\n    raise Mine('x')", "Mine"),
    ],
)
async def test_what_a_call_raises_has_its_type(launcher: PythonLauncher, body: str, type_name: str) -> None:
    error = await error_of(launcher, f"def f():\n    {body}\n", "f")
    assert type(error) is CandidateError
    assert error.type_name == type_name


async def test_the_host_goes_on_after_an_exception(launcher: PythonLauncher) -> None:
    async with loaded(launcher, "def f(x):\n    return f(x) if x else 'fine'") as host:
        with pytest.raises(CandidateError, match="RecursionError"):
            await host.call("f", (True,), timeout_s=10)
        assert (await host.call("f", (False,), timeout_s=10)).value == "fine"


async def test_a_message_is_shortened(launcher: PythonLauncher) -> None:
    error = await error_of(launcher, "def f(): raise ValueError('x' * 10**6)", "f")
    assert len(error.message) == 2000


async def test_a_missing_function_is_a_name_error(launcher: PythonLauncher) -> None:
    error = await error_of(launcher, "def f(): pass", "g")
    assert (error.type_name, error.message) == ("NameError", "the answer has no 'g'")


@pytest.mark.parametrize(
    ("code", "type_name"),
    [
        ("def f(:", "SyntaxError"),
        ("raise ValueError", "ValueError"),
        ("import sys; sys.exit(0)", "SystemExit"),
        ("x = " + "(" * 5000, "SyntaxError"),
        ("x = '\ud800'", "UnicodeEncodeError"),
    ],
)
async def test_an_answer_that_does_not_load_says_why(
    launcher: PythonLauncher, code: str, type_name: str
) -> None:
    with pytest.raises(CandidateError) as caught:
        await launcher.load(Source(code=code))
    assert caught.value.type_name == type_name


@pytest.mark.parametrize("ending", ["os._exit(0)", "os._exit(3)", "os.kill(os.getpid(), 9)", "os.abort()"])
async def test_a_process_that_ends_is_a_crash(launcher: PythonLauncher, ending: str) -> None:
    with pytest.raises(CandidateCrash):
        await launcher.load(Source(code=f"import os\n{ending}"))
    async with loaded(launcher, f"import os\ndef f():\n    {ending}\ndef g(): return 1") as host:
        with pytest.raises(CandidateCrash, match="process ended"):
            await host.call("f", (), timeout_s=10)
        with pytest.raises(CandidateCrash, match="has ended"):
            await host.call("g", (), timeout_s=10)


async def test_a_child_that_outlives_its_parent_does_not_hide_the_crash(launcher: PythonLauncher) -> None:
    code = "import os, time\ndef f():\n    if os.fork(): os._exit(0)\n    time.sleep(60)"
    async with loaded(launcher, code) as host:
        with pytest.raises(CandidateCrash, match="exit code 0"):
            await host.call("f", (), timeout_s=20)


async def test_too_little_time_is_a_timeout(launcher: PythonLauncher) -> None:
    async with loaded(launcher, "import time\ndef f(): time.sleep(60)") as host:
        with pytest.raises(CandidateTimeout, match="no reply within"):
            await host.call("f", (), timeout_s=0.2)
        with pytest.raises(CandidateCrash):
            await host.call("f", (), timeout_s=0.2)


async def test_an_answer_that_loads_for_ever_is_a_timeout(any_sandbox: Sandbox) -> None:
    launcher = PythonLauncher(any_sandbox, Limits(), load_timeout_s=0.3)
    with pytest.raises(CandidateTimeout):
        await launcher.load(Source(code="while True: pass"))


async def test_used_up_cpu_time_is_a_timeout(any_sandbox: Sandbox) -> None:
    with pytest.raises(CandidateTimeout, match="CPU"):
        await call(PythonLauncher(any_sandbox, Limits(cpu_s=1)), "def f():\n    while True: pass", "f")


async def test_a_call_that_is_cancelled_ends_the_process(launcher: PythonLauncher) -> None:
    async with loaded(launcher, "import time\ndef f(): time.sleep(60)") as host:
        running = asyncio.ensure_future(host.call("f", (), timeout_s=30))
        await asyncio.sleep(0.05)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
        with pytest.raises(CandidateCrash):
            await host.call("f", (), timeout_s=1)


async def test_what_it_prints_is_kept_apart(launcher: PythonLauncher) -> None:
    code = """
import os, sys
print("loaded")
def f():
    print("out")
    print("err", file=sys.stderr)
    os.write(1, b"raw")
"""
    async with loaded(launcher, code) as host:
        assert (await host.call("f", (), timeout_s=10)).value is None
        await host.close()
        assert {"loaded", "out", "err", "raw"} == set(host.output().replace("raw", "raw\n").split())


async def test_output_is_bounded(any_sandbox: Sandbox) -> None:
    launcher = PythonLauncher(any_sandbox, Limits(output_bytes=1000))
    async with loaded(launcher, "def f(): print('x' * 100_000)") as host:
        await host.call("f", (), timeout_s=10)
        assert host.output() == "x" * 1000


async def test_standard_input_is_empty(launcher: PythonLauncher) -> None:
    assert (await call(launcher, "import sys\ndef f(): return sys.stdin.read()", "f")).value == ""
    assert (await error_of(launcher, "def f(): return input()", "f")).type_name == "EOFError"


async def test_coroutines_are_awaited(launcher: PythonLauncher) -> None:
    code = "import asyncio\nasync def f(x):\n    await asyncio.sleep(0)\n    return x * 2"
    assert (await call(launcher, code, "f", 4)).value == 8


@pytest.mark.parametrize(
    ("body", "type_name"),
    [
        ("yield 1", "generator"),
        ("return iter([1])", "list_iterator"),
        ("return f", "function"),
        ("return object()", "object"),
        ("return type('Point', (), {})()", "Point"),
        ("return type('Wide', (int,), {'__eq__': lambda a, b: True})(1)", "Wide"),
        ("return bytearray(b'x')", "bytearray"),
    ],
)
async def test_other_values_are_opaque(launcher: PythonLauncher, body: str, type_name: str) -> None:
    value = (await call(launcher, f"def f():\n    {body}", "f")).value
    assert isinstance(value, Opaque)
    assert value.type_name == type_name


async def test_deep_values_cross_both_ways(launcher: PythonLauncher) -> None:
    deep: list[object] = []
    for _ in range(900):
        deep = [deep]
    seen = await call(launcher, "def f(x):\n    while x: x = x[0]\n    return x", "f", deep)
    assert seen.value == []
    code = f"def f():\n    x = []\n    for _ in range({2 * MAX_DEPTH}): x = [x]\n    return x"
    value = (await call(launcher, code, "f")).value
    depth = 0
    while isinstance(value, list) and value:
        value, depth = value[0], depth + 1
    assert MAX_DEPTH - 5 < depth < MAX_DEPTH


async def test_a_value_that_is_too_large_is_an_overflow(launcher: PythonLauncher) -> None:
    async with loaded(launcher, f"def f(n): return 'x' * n\nlimit = {MAX_INCOMING}") as host:
        assert len((await host.call("f", (MAX_INCOMING // 2,), timeout_s=10)).value) == MAX_INCOMING // 2
        with pytest.raises(CandidateError, match="OverflowError"):
            await host.call("f", (MAX_INCOMING,), timeout_s=10)


async def test_an_argument_that_cannot_cross_is_the_authors_error(launcher: PythonLauncher) -> None:
    async with loaded(launcher, "def f(x): return x") as host:
        with pytest.raises(TaskError, match="object"):
            await host.call("f", (object(),), timeout_s=10)
        assert (await host.call("f", (1,), timeout_s=10)).value == 1


async def test_the_main_guard_does_not_run(launcher: PythonLauncher) -> None:
    code = """
import sys
name = __name__
if __name__ == "__main__":
    sys.exit(1)
def f(): return name, sys.argv
"""
    assert (await call(launcher, code, "f")).value == ("answer", ["answer.py"])


async def test_annotations_are_not_postponed_by_us(launcher: PythonLauncher) -> None:
    assert (
        await call(launcher, "def g(x: int): pass\ndef f(): return g.__annotations__['x'] is int", "f")
    ).value


async def test_dataclasses_and_type_hints_work(launcher: PythonLauncher) -> None:
    code = """
from __future__ import annotations
from dataclasses import dataclass, field, asdict
from typing import get_type_hints
import sys

@dataclass(slots=True)
class Node:
    name: str
    children: list[Node] = field(default_factory=list)

def f():
    assert sys.modules[Node.__module__].Node is Node
    return asdict(Node("a", [Node("b")])), sorted(get_type_hints(Node))
"""
    seen = await call(launcher, code, "f")
    expected = {"name": "a", "children": [{"name": "b", "children": []}]}
    assert seen.value == (expected, ["children", "name"])


async def test_tracebacks_and_inspect_see_the_source(launcher: PythonLauncher) -> None:
    code = """
import inspect, traceback, pickle
class P: pass
def f():
    try:
        1 / 0  # here
    except ZeroDivisionError:
        texts = inspect.getsource(f), traceback.format_exc()
        return ["# he" "re" in text for text in texts], type(pickle.loads(pickle.dumps(P()))) is P
"""
    assert (await call(launcher, code, "f")).value == ([True, True], True)


async def test_a_harness_finds_the_answer_and_is_asked_first(launcher: PythonLauncher) -> None:
    code = "calls = []\ndef f(x):\n    calls.append(x)\n    return 'answer'\ndef g(): return 'answer'"
    harness = "import answer\ndef f(x):\n    answer.f(x)\n    return ['harness', answer.calls]"
    async with loaded(launcher, code, harness) as host:
        assert (await host.call("f", (1,), timeout_s=10)).value == ["harness", [1]]
        assert (await host.call("g", (), timeout_s=10)).value == "answer"


async def test_a_host_can_be_started_ahead_of_need(launcher: PythonLauncher) -> None:
    hosts = await asyncio.gather(launcher.start(), launcher.start())
    for number, host in enumerate(hosts):
        await host.load(Source(code=f"def f(): return {number}"), timeout_s=10)
        assert (await host.call("f", (), timeout_s=10)).value == number
        await host.close()


async def test_closing_twice_is_harmless(launcher: PythonLauncher) -> None:
    host = await launcher.start()
    await host.close()
    await host.close()
    with pytest.raises(CandidateCrash, match="closed"):
        await host.load(Source(code=""), timeout_s=1)


FORGERIES = {
    "not a frame": "os.write(fd, b'garbage' * 3)",
    "too large": "os.write(fd, b'\\xff\\xff\\xff\\xff')",
    "cut short": "os.write(fd, b'\\0\\0\\0\\x09abc'); os._exit(0)",
    "another id": 'reply(\'["ok","0123",1,[],null]\')',
    "the start again": 'reply(\'["ok","ready",null,[],null]\')',
    "no message": "reply('[1,2]')",
    "other arguments": 'reply(\'["ok","%s",1,[1],null]\' % identity())',
    "an argument that is none": 'reply(\'["ok","%s",1,[],0]\' % identity())',
    "true for an index": 'reply(\'["ok","%s",1,[],true]\' % identity())',
    "a strange error": 'reply(\'["raised","%s",1,2]\' % identity())',
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=list(FORGERIES))
async def test_a_forged_reply_fails_its_call_as_a_crash(launcher: PythonLauncher, forgery: str) -> None:
    code = f"""
import os, sys
fd = 4
def reply(text):
    os.write(fd, len(text).to_bytes(4, "big") + text.encode())
def identity():
    frame = sys._getframe()
    while "request" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["request"][1]
def f():
    {forgery}
"""
    async with loaded(launcher, code) as host:
        with pytest.raises(CandidateCrash):
            await host.call("f", (), timeout_s=10)


async def test_a_reply_sent_ahead_is_not_taken_for_the_next_call(launcher: PythonLauncher) -> None:
    code = """
import os
def f():
    text = '["ok","0123",42,[],null]'
    os.write(4, len(text).to_bytes(4, "big") + text.encode())
    os.write(4, len(text).to_bytes(4, "big") + text.encode())
"""
    async with loaded(launcher, code) as host:
        for _ in range(2):
            with pytest.raises(CandidateCrash):
                await host.call("f", (), timeout_s=10)


class Failing:
    """A sandbox whose processes do not come up."""

    level = "none"
    holds = Holds()

    def __init__(self, argv: tuple[str, ...]) -> None:
        self._argv = argv

    async def start(self, command: Command) -> SandboxProcess:
        return await Plain().start(command.model_copy(update={"argv": self._argv}))


@pytest.mark.parametrize(
    "argv",
    [
        ("/bin/sh", "-c", "echo broken >&2; exit 1"),
        ("/bin/sh", "-c", "printf '....junk'"),
        ("/nonexistent/program", RESTRICTION),
    ],
)
async def test_a_host_that_does_not_come_up_is_our_fault(argv: tuple[str, ...]) -> None:
    with pytest.raises(SandboxError):
        await PythonLauncher(Failing(argv), Limits()).load(Source(code=""))


async def test_a_host_that_stays_silent_is_our_fault() -> None:
    process = await Plain().start(Command(argv=("/bin/sleep", "60")))
    host = PipeHost(process, start_s=0.2)
    with pytest.raises(SandboxError, match="does not start"):
        await host.load(Source(code=""), timeout_s=5)
