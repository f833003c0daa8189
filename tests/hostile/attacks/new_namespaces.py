# Makes itself root of namespaces of its own, and mounts.
import ctypes


def attack():
    libc = ctypes.CDLL(None, use_errno=True)
    made = [flag for flag in (0x10000000, 0x00020000, 0x40000000) if libc.unshare(flag) == 0]
    if libc.mount(b"none", b"/mnt", b"tmpfs", 0, None) == 0:
        made.append("mount")
        libc.umount2(b"/mnt", 2)
    return made
