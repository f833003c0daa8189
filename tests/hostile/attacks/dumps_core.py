# Ends a process in such a way that its memory is written to a file.
import os
import resource


def attack():
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    child = os.fork()
    if child == 0:
        os.abort()
    return os.WCOREDUMP(os.waitpid(child, 0)[1])
