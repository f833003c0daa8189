# Connects to a Unix socket that has no file.
import socket


def attack(name):
    try:
        with socket.socket(socket.AF_UNIX) as stream:
            stream.connect("\0" + name)
            return True
    except OSError:
        return False
