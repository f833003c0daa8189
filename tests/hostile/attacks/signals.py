# Kills another process of the same user, in each way that the kernel has.
import ctypes
import os
import signal


def attack(number):
    libc = ctypes.CDLL(None, use_errno=True)
    for way in (
        lambda: os.kill(number, signal.SIGKILL),
        lambda: signal.pidfd_send_signal(os.pidfd_open(number), signal.SIGKILL),
        lambda: libc.tgkill(number, number, signal.SIGKILL),
        lambda: libc.syscall(200, number, signal.SIGKILL),
        lambda: by_input(number),
    ):
        try:
            way()
        except (OSError, AttributeError):
            pass


def by_input(number):
    import fcntl

    reader, writer = os.pipe()
    fcntl.fcntl(reader, 8, number)  # F_SETOWN
    fcntl.fcntl(reader, 10, signal.SIGKILL)  # F_SETSIG
    fcntl.fcntl(reader, fcntl.F_SETFL, os.O_ASYNC)
    os.write(writer, b"x")
