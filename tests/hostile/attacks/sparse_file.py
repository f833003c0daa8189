# Makes a file of one TiB that takes no room until it is copied.
import os


def attack():
    try:
        with open("sparse", "wb") as file:
            file.truncate(1 << 40)
        return os.path.getsize("sparse")
    except OSError:
        return 0
