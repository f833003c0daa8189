# Takes 600 MiB that no limit of a process counts: shared, without a file.
import mmap


def attack(mib):
    memory = mmap.mmap(-1, mib << 20)
    for position in range(0, mib << 20, 4096):
        memory[position] = 1
    return mib
