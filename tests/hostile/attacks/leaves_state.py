# Leaves a note for the next sample, and looks for one.
import os

PLACES = (".", os.environ.get("TMPDIR", "/tmp"), "/tmp", "/var/tmp", "/dev/shm", "/work")


def attack(name):
    found = []
    for place in sorted({os.path.realpath(place) for place in PLACES}):
        path = os.path.join(place, name)
        if os.path.exists(path):
            found.append(path)
        try:
            open(path, "w").close()
        except OSError:
            pass
    return found
