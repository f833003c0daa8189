# Runs from whoever wants to kill it: forks, ends, and goes on in the child. Bounded to six seconds.
import ctypes
import os
import time


def attack(name):
    ctypes.CDLL(None).prctl(15, name.encode(), 0, 0, 0)
    end = time.monotonic() + 6
    if os.fork():
        return True
    os.setsid()
    while time.monotonic() < end:
        try:
            if os.fork():
                os._exit(0)
        except OSError:
            pass
    os._exit(0)
