# Takes 300 MiB in a file that is nowhere but in memory.
import os


def attack(mib):
    file = os.memfd_create("balloon")
    return sum(os.write(file, bytes(1 << 20)) for _ in range(mib)) >> 20
