# Lists a home folder, and the places where others usually are.
import os


def attack(home):
    seen = []
    for folder in (home, "/root", "/home", "/mnt", "/media", "/srv", "/var/lib"):
        try:
            seen += os.listdir(folder)
        except OSError:
            pass
    return seen
