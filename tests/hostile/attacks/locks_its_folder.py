# Leaves what is hard to remove: folders that are closed, and deep, a FIFO, and odd names.
import os


def attack():
    os.mkfifo("fifo")
    os.mkdir("\udcff\n-rf")
    os.symlink("/", "root")
    for _ in range(1200):
        os.mkdir("d" * 20)
        os.chdir("d" * 20)
    os.mkdir("closed")
    open("closed/file", "w").close()
    try:
        os.chmod("closed", 0)
    except OSError:
        pass
    return True
