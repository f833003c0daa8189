# Leaves processes behind: forked twice, in sessions of their own, with its pipes still open.
import ctypes
import os
import time


def attack(name):
    ctypes.CDLL(None).prctl(15, name.encode(), 0, 0, 0)
    for count in range(4):
        if os.fork() == 0:
            if count % 2:
                os.setsid()
            if os.fork() == 0:
                os.setpgid(0, 0) if count < 2 else os.setsid()
                time.sleep(20)
            os._exit(0)
        os.wait()
    return True
