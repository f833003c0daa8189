"""The host of a Python answer: runs inside the sandbox, loads the answer, serves calls to it.

It reads requests from, and writes replies to, private copies of its standard input and output (see
`codec` for both); what the answer prints goes to standard error. Everything that it needs is built in:
each module more costs start-up time, paid once per sample.
"""

from __future__ import annotations

import posix
import sys
from _frozen_importlib import ModuleSpec

from pytest_llmbench.sandbox.codec import MAX_INCOMING, VERSION, ProtocolError, inside_codec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, ModuleType
    from typing import Any

_MAX_MESSAGE = 2000
_SCALARS = (type(None), bool, int, float, str, bytes)


class _Loader:
    """Gives the source text of a module without a file, for tracebacks and `inspect`."""

    def __init__(self, text: str) -> None:
        self._text = text

    def get_source(self, _name: str) -> str:
        return self._text

    def create_module(self, _spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        code: CodeType = compile(self._text, f"{module.__name__}.py", "exec", dont_inherit=True)
        exec(code, module.__dict__)  # noqa: S102 - what this process is for


def _load_module(name: str, text: str) -> ModuleType:
    loader = _Loader(text)
    module = type(sys)(name)
    module.__file__ = f"{name}.py"
    module.__loader__ = loader  # type: ignore[assignment]  # it is one by its methods
    module.__spec__ = ModuleSpec(name, loader, origin=module.__file__)  # type: ignore[arg-type]
    sys.modules[name] = module
    loader.exec_module(module)
    return module


class _Wire:
    """The private ends of the pipes."""

    def __init__(self) -> None:
        self._requests, self._replies = posix.dup(0), posix.dup(1)
        nothing = posix.open("/dev/null", posix.O_RDWR)
        posix.dup2(nothing, 0)
        posix.dup2(2, 1)
        posix.close(nothing)

    def read(self) -> str | None:
        head = self._read_exactly(4)
        if len(head) < 4:  # noqa: PLR2004 - the length has four bytes
            return None
        return self._read_exactly(int.from_bytes(head, "big")).decode("utf-8")

    def _read_exactly(self, size: int) -> bytes:
        parts = []
        while size > 0 and (part := posix.read(self._requests, min(size, 1 << 20))):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def write(self, text: str) -> None:
        body = text.encode("utf-8")
        rest = memoryview(len(body).to_bytes(4, "big") + body)
        while rest:
            rest = rest[posix.write(self._replies, rest) :]


class _Refused(Exception):
    """Something that the host itself says in the answer's place."""

    def __init__(self, type_name: str, message: str) -> None:
        super().__init__(message)
        self.type_name = type_name


class Host:
    """Loads an answer and calls its functions."""

    def __init__(self) -> None:
        self._modules: list[ModuleType] = []
        self._codec = inside_codec()

    def reply(self, request: list[Any]) -> str:
        """What to answer to a request; whatever goes wrong is the answer's doing, and is reported."""
        identity = request[1]
        try:
            result = self._serve(request)
            text = self._codec.encode(["ok", identity, *result], MAX_INCOMING)
        except BaseException as error:  # noqa: BLE001 - SystemExit and all the rest too
            text = self._codec.encode(["raised", identity, *_described(error)])
        _flush()
        return text

    def _serve(self, request: list[Any]) -> tuple[object, list[object], int | None]:
        operation, _, *rest = request
        if operation == "load":
            return self._load(*rest)
        return self._call(*rest)

    def _load(self, version: int, code: str, harness: str | None) -> tuple[None, list[object], None]:
        if version != VERSION:
            raise ProtocolError(f"version {version} was asked for, and this is {VERSION}")
        self._modules.append(_load_module("answer", code))
        if harness is not None:
            self._modules.insert(0, _load_module("harness", harness))
        return None, [], None

    def _call(self, name: str, arguments: list[object]) -> tuple[object, list[object], int | None]:
        value = self._found(name)(*arguments)
        if hasattr(type(value), "__await__"):
            value = _awaited(value)
        same = (index for index, argument in enumerate(arguments) if argument is value)
        return value, arguments, None if type(value) in _SCALARS else next(same, None)

    def _found(self, name: str) -> Any:
        for module in self._modules:
            if hasattr(module, name):
                return getattr(module, name)
        raise _Refused("NameError", f"the answer has no {name!r}")


def _awaited(value: Any) -> object:
    import asyncio

    async def wait() -> object:
        return await value

    return asyncio.run(wait())


def _described(error: BaseException) -> tuple[str, str]:
    if isinstance(error, _Refused):
        return error.type_name, str(error)
    name: str = type.__dict__["__name__"].__get__(type(error))
    try:
        message = str(error)[:_MAX_MESSAGE]
    except BaseException:  # noqa: BLE001 - its own text may fail in any way
        message = ""
    return name, message


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:  # noqa: SIM105 - contextlib is not loaded here
            stream.flush()
        except BaseException:  # noqa: BLE001, S110 - the answer may have put anything there
            pass


def serve() -> None:
    """Say that the host is up, then answer requests until there are no more."""
    wire, host = _Wire(), Host()
    sys.argv = ["answer.py"]
    wire.write('["ok","ready",null,[],null]')
    decode = inside_codec().decode
    while (text := wire.read()) is not None:
        request = decode(text)
        wire.write(host.reply(request))  # type: ignore[arg-type]  # the judge sends what `codec` says
    posix._exit(0)  # noqa: SLF001 - without what the answer has registered for the end
