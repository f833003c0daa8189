# Becomes root, by asking and by programs that the file system says run as root.
import os
import subprocess


def attack():
    got = []
    for way in (lambda: os.setuid(0), lambda: os.setresuid(0, 0, 0), lambda: os.setgroups([0])):
        try:
            way()
            got.append("asked")
        except OSError:
            pass
    try:
        done = subprocess.run(["/usr/bin/id", "-u"], capture_output=True, text=True)
        got += ["id"] if done.stdout.strip() == "0" else []
    except OSError:
        pass
    return got
