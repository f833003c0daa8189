# Connects to a Unix socket by its file, and sends to it from a socket that came as one of a pair.
import socket


def attack(stream_path, datagram_path):
    reached = []
    try:
        with socket.socket(socket.AF_UNIX) as stream:
            stream.connect(stream_path)
            reached.append("stream")
    except OSError:
        pass
    try:
        one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        one.connect(datagram_path)
        one.send(b"here")
        reached.append("datagram")
    except OSError:
        pass
    return reached
