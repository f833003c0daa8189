# Truncates, renames, removes, dates and opens up files of its user.
import os


def attack(folder):
    def path(name):
        return os.path.join(folder, name)

    for way in (
        lambda: os.truncate(path("truncated"), 0),
        lambda: os.rename(path("renamed"), path("other")),
        lambda: os.unlink(path("removed")),
        lambda: os.chmod(path("opened"), 0o777),
        lambda: os.utime(path("dated"), (1, 1)),
        lambda: os.setxattr(path("marked"), "user.was", b"here"),
        lambda: open(path("appended"), "a").write("x"),
        lambda: os.open(path("emptied"), os.O_RDONLY | os.O_TRUNC),
    ):
        try:
            way()
        except OSError:
            pass
