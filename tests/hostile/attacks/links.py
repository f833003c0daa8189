# Reads and writes outside through symbolic and hard links of its own.
import os


def attack(secret, folder):
    found = []
    for make in (os.symlink, os.link):
        name = f"link-{make.__name__}"
        try:
            make(secret, name)
            found.append(open(name).read())
        except OSError:
            pass
    try:
        os.symlink(folder, "out")
        open("out/was-here", "w").close()
    except OSError:
        pass
    return found
