# Lists the machine's processes and what they were started with.
import os


def attack(number):
    try:
        return str(number) in os.listdir("/proc") or bool(open(f"/proc/{number}/cmdline").read())
    except OSError:
        return False
