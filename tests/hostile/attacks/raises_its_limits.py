# Sets each of its limits to what it likes.
import resource

NAMES = ("CPU", "DATA", "FSIZE", "NOFILE", "NPROC", "CORE")


def attack():
    raised = []
    for name in NAMES:
        number = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(number)[1]
        for limit in ((-1, -1), (hard, hard)):
            try:
                resource.setrlimit(number, limit)
            except (OSError, ValueError):
                pass
        if resource.getrlimit(number)[0] == resource.RLIM_INFINITY:
            raised.append(name)
    return raised
