# Takes 200 MiB as files in a file system that is memory.
import os


def attack(mib):
    written = 0
    try:
        for number in range(mib):
            with open(f"/dev/shm/balloon-{os.getpid()}-{number}", "wb", buffering=0) as file:
                written += file.write(bytes(1 << 20))
    except OSError:
        pass
    for number in range(mib):
        try:
            os.unlink(f"/dev/shm/balloon-{os.getpid()}-{number}")
        except OSError:
            pass
    return written >> 20
