# Looks for a variable in its own environment and in that of every process it sees.
import os


def attack(name):
    seen = [f"{key}={value}" for key, value in os.environ.items()]
    for number in filter(str.isdigit, listed("/proc")):
        for file in ("environ", "cmdline"):
            try:
                seen += open(f"/proc/{number}/{file}", "rb").read().decode("latin-1").split("\0")
            except OSError:
                pass
    return [text for text in seen if name in text]


def listed(folder):
    try:
        return os.listdir(folder)
    except OSError:
        return []
