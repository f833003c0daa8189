# Writes 200 MiB of files wherever it can.
import os


def attack(mib):
    written = 0
    for folder in (".", os.environ.get("TMPDIR", "/tmp"), "/tmp", "/var/tmp", "/work"):
        names = []
        try:
            for number in range(mib):
                names.append(os.path.join(folder, f"fill-{number}"))
                with open(names[-1], "wb", buffering=0) as file:
                    written += file.write(bytes(1 << 20))
        except OSError:
            pass
        if written >> 20 >= mib:
            break
    return written >> 20
