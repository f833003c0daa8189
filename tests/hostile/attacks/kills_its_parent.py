# Kills what started it.
import os
import signal
import time


def attack():
    parent = os.getppid()
    try:
        os.kill(parent, signal.SIGKILL)
    except OSError:
        return False
    time.sleep(0.2)
    return os.getppid() != parent
