# Takes 600 MiB in eight processes.
import os
import time


def attack(mib):
    children = []
    for _ in range(8):
        child = os.fork()
        if child == 0:
            memory = bytearray(b"x") * ((mib // 8) << 20)
            time.sleep(1)
            os._exit(0 if memory else 1)
        children.append(child)
    return mib if all(os.waitpid(child, 0)[1] == 0 for child in children) else 0
