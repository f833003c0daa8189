# Reads a file that everybody may read, straight and by detours.
def attack(path):
    ways = [path, f"/proc/self/root{path}", f"/proc/self/cwd/../../../../../..{path}", f"/proc/1/root{path}"]
    for way in [*ways, f"/dev/../{path}", f"//{path}", f"/usr/lib/../..{path}"]:
        try:
            return open(way).read()
        except OSError:
            pass
    return None
