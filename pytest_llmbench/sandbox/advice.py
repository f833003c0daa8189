"""What to do where a level does not work, from what it said and what this machine is."""

from __future__ import annotations

from pathlib import Path

_BLOCKED = (
    "No permissions to create",
    "Creating new namespace failed",
    "setting up uid map",
    "Failed RTM_NEWADDR",
    "Failed to make / slave",
    "Operation not permitted",
)
_OTHERS = {  # a sign in what a level said: what to do
    "Landlock of version": "use Linux 6.2 or newer, with landlock among the kernel's security modules "
    "(the boot parameter lsm=)",
    "does not start: landlock: [Errno 13]": "use a Python interpreter that all users can read, "
    "for example one below /usr or /opt",
}
_SWITCHES = {  # a file below /proc/sys: the value that blocks, and what undoes it
    "kernel/apparmor_restrict_unprivileged_userns": (
        "1",
        "install the distribution's bubblewrap (sudo apt install bubblewrap), or allow user namespaces: "  # noqa: ISC004
        "sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    "kernel/unprivileged_userns_clone": (
        "0",
        "allow user namespaces: sudo sysctl kernel.unprivileged_userns_clone=1",
    ),
    "user/max_user_namespaces": ("0", "allow user namespaces: sudo sysctl user.max_user_namespaces=15000"),
}
_CONTAINER_MARKS = ("/.dockerenv", "/run/.containerenv")
_IN_CONTAINER = (
    "this is a container that forbids namespaces: start it with --security-opt seccomp=unconfined "
    "--security-opt apparmor=unconfined --security-opt systempaths=unconfined --cap-add SYS_ADMIN, "
    "or with --privileged where nothing else runs in it"
)


def advice(problem: str, root: Path = Path("/")) -> str | None:
    """What the user can do about a problem, or None where there is nothing to say.

    Args:
        problem: What a level said.
        root: Where `/proc/sys` and the marks of containers are looked for.
    """
    for sign, remedy in _OTHERS.items():
        if sign in problem:
            return remedy
    if not any(sign in problem for sign in _BLOCKED):
        return None
    if any((root / mark.lstrip("/")).exists() for mark in _CONTAINER_MARKS):
        return _IN_CONTAINER
    for name, (blocking, remedy) in _SWITCHES.items():
        if _value(root / "proc/sys" / name) == blocking:
            return remedy
    return "this machine, or the container that it is, forbids namespaces; see docs/sandbox.md"


def _value(path: Path) -> str | None:
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return None
