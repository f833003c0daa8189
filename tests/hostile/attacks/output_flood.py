# Prints 100 MiB.
import os


def attack(mib):
    return sum(os.write(1 + number % 2, b"x" * (1 << 16)) for number in range(mib * 16))
