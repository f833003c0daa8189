# Reads another process's memory by the system call for that.
import ctypes


class Part(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("size", ctypes.c_size_t)]


def attack(number, address, size):
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(size)
    here = Part(ctypes.cast(buffer, ctypes.c_void_p), size)
    there = Part(ctypes.c_void_p(address), size)
    libc.process_vm_readv(number, ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
    return buffer.raw.decode("latin-1")
