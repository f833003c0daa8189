"""The limits of a process, set from within it, by our own code, before the candidate's is loaded.

Loaded inside the sandbox (no tool of the machine is needed for this), so that it needs nothing but
built-in modules. What to set arrives as one word: ``UID;NUMBER:SOFT:HARD,NUMBER:SOFT:HARD``, where
NUMBER is the kernel's number of a resource, and UID may be empty.
"""

from __future__ import annotations

import posix


def restrict(word: str) -> None:
    """Limit this process and all that it will start; then become an unprivileged user, where one is named."""
    import resource

    user, _, limits = word.partition(";")
    for limit in limits.split(","):
        number, soft, hard = map(int, limit.split(":"))
        resource.setrlimit(number, (soft, hard))
    _be_the_first_to_die()
    if user:
        posix.setgroups([])
        posix.setresgid(int(user), int(user), int(user))
        posix.setresuid(int(user), int(user), int(user))


def _be_the_first_to_die() -> None:
    """Where the machine runs out of memory, the kernel ends this one and not the user's programs."""
    try:
        handle = posix.open("/proc/self/oom_score_adj", posix.O_WRONLY)
    except OSError:
        return
    try:
        posix.write(handle, b"1000")
    except OSError:
        return
    finally:
        posix.close(handle)
