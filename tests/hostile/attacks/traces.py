# Attaches to another process as a debugger does.
import ctypes


def attack(number):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.restype = ctypes.c_long
    nothing = ctypes.c_void_p(0)
    if libc.ptrace(0x4206, number, nothing, nothing) != 0:  # PTRACE_SEIZE
        return False
    return True
