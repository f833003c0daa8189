# Takes 600 MiB in one process.
def attack(mib):
    return len([bytearray(b"x") * (1 << 20) for _ in range(mib)])
