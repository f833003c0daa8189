# Connects to a port of the machine's loopback address.
import socket


def attack(port):
    for host in ("127.0.0.1", "localhost", "0.0.0.0"):
        try:
            with socket.create_connection((host, port), timeout=1) as stream:
                stream.sendall(b"here")
                return True
        except OSError:
            pass
    return False
