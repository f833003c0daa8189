"""What a sandbox holds, as seen from inside: loaded there as an answer, called by `selftest`.

It reports what it finds and judges nothing. Only built-in modules, since each other one costs the
self-test time.
"""

from __future__ import annotations

import _socket
import posix
import resource

_MODE, _ALL_MODES = 0o600, 0o7777


def readable(paths: list[str]) -> list[str]:
    """Those of the files whose first byte can be read here."""
    return [path for path in paths if _works(_read, path)]


def visible(paths: list[str]) -> list[str]:
    """Those of the paths that are there at all."""
    return [path for path in paths if _works(posix.stat, path)]


def changeable(paths: list[str]) -> list[str]:
    """Those of the files whose permissions can be set."""
    return [path for path in paths if _works(_change, path)]


def signalled(pids: list[int]) -> list[int]:
    """Those of the processes that could be sent a signal."""
    return [pid for pid in pids if _works(lambda number: posix.kill(number, 0), pid)]


def connects_by_name(name: str) -> bool:
    """Whether anything listens at an abstract Unix socket."""
    try:
        stream = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    except OSError:
        return False
    try:
        return _works(stream.connect, name)
    finally:
        stream.close()


def placed(folder: str) -> str:
    """A folder, by the variable that says where it is ("$HOME"), or by its path."""
    return posix.environ[folder[1:].encode()].decode() if folder.startswith("$") else folder


def writable(folders: list[str]) -> list[str]:
    """Those of the folders in which a file can be made."""
    return [folder for folder in folders if _works(_make_file, folder)]


def sizes(folders: list[str]) -> list[int]:
    """How many bytes the file system of each folder has."""
    found = map(posix.statvfs, folders)
    return [status.f_blocks * status.f_frsize for status in found]


def connects(port: int) -> bool:
    """Whether anything listens at a port of 127.0.0.1."""
    return _works(_connect, port)


def own_loopback() -> bool:
    """Whether a connection within the sandbox is made."""
    try:
        listener = _stream()
    except OSError:
        return False
    try:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        return _works(_connect, listener.getsockname()[1])
    except OSError:
        return False
    finally:
        listener.close()


def limits_in_force() -> dict[str, tuple[int, int]]:
    """Soft and hard limits, by the names that `prlimit` has for them."""
    names = ("cpu", "data", "fsize", "nofile", "nproc", "core")
    return {name: resource.getrlimit(getattr(resource, f"RLIMIT_{name.upper()}")) for name in names}


def processes_until_refused(bound: int) -> int:
    """How many processes there can be, this one included; no more than `bound` are tried."""
    reader, writer = posix.pipe()
    count = 1
    while count < bound:
        try:
            child = posix.fork()
        except OSError:
            break
        if child == 0:
            posix.close(writer)
            posix.read(reader, 1)  # until the first process ends, or closes its end
            posix._exit(0)  # noqa: SLF001
        count += 1
    posix.close(writer)
    posix.close(reader)
    for _ in range(count - 1):
        posix.wait()
    return count


def memory_refused(size: int) -> bool:
    """Whether so many bytes cannot be had."""
    try:
        return not bytearray(size)
    except MemoryError:
        return True


def status() -> dict[str, str]:
    """The kernel's view of this process: users, capabilities, filters."""
    with open("/proc/self/status", encoding="ascii", errors="replace") as lines:  # noqa: PTH123
        return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def process_numbers() -> list[int]:
    """The processes that can be seen."""
    try:
        return sorted(int(name) for name in posix.listdir("/proc") if name.isdigit())
    except OSError:
        return []


def everything(  # noqa: PLR0913, PLR0917 - one call for all
    canaries: list[str],
    home: list[str],
    port: int,
    name: str,
    judge: int,
    outside: list[str],
    inside: list[str],
    memory: int,
    processes: int,
) -> dict[str, object]:
    """All of the above in one call."""
    own = [placed(folder) for folder in inside]
    return {
        "readable": readable(canaries),
        "visible": visible(home),
        "changeable": changeable(canaries[:1]),  # the one that was laid out for it
        "signalled": signalled([judge]),
        "connects": connects(port),
        "connects_by_name": connects_by_name(name),
        "writable": writable(outside),
        "own": [folder for folder, path in zip(inside, own, strict=True) if writable([path])],
        "sizes": sizes(own),
        "own_loopback": own_loopback(),
        "limits": limits_in_force(),
        "memory_refused": memory_refused(memory),
        "status": status(),
        "seen": process_numbers(),
        "processes": processes_until_refused(processes),
    }


def _works(action: object, argument: object) -> bool:
    try:
        action(argument)  # type: ignore[operator]
    except OSError:
        return False
    return True


def _read(path: str) -> None:
    handle = posix.open(path, posix.O_RDONLY)
    try:
        posix.read(handle, 1)
    finally:
        posix.close(handle)


def _change(path: str) -> None:
    posix.chmod(path, posix.stat(path).st_mode & _ALL_MODES)  # to what it is: a file may be somebody's own


def _make_file(folder: str) -> None:
    path = f"{folder}/llmbench-probe"
    posix.close(posix.open(path, posix.O_CREAT | posix.O_WRONLY, _MODE))
    posix.unlink(path)


def _stream() -> _socket.socket:
    stream = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
    stream.settimeout(1.0)
    return stream


def _connect(port: int) -> None:
    stream = _stream()  # fails where there are no sockets at all
    try:
        stream.connect(("127.0.0.1", port))
    finally:
        stream.close()
