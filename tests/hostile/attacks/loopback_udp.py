# Sends a datagram to a port of the machine's loopback address.
import socket


def attack(port):
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            return sender.sendto(b"here", ("127.0.0.1", port))
    except OSError:
        return 0
