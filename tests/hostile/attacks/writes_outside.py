# Writes a file into a folder that everybody may write to.
import os


def attack(folder):
    for place in (folder, f"/proc/self/root{folder}"):
        try:
            with open(os.path.join(place, "was-here"), "w") as file:
                file.write("x")
        except OSError:
            pass
