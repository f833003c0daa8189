# Takes 64 MiB of System V shared memory, which outlives its process.
import ctypes


def attack(mib):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    number = libc.shmget(0, ctypes.c_size_t(mib << 20), 0o1600)
    if number < 0:
        return 0
    libc.shmctl(number, 0, None)  # so that it does not outlive this one
    return mib
