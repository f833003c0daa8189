# Reads another process's memory through its file.
def attack(number, address, size):
    try:
        with open(f"/proc/{number}/mem", "rb", buffering=0) as memory:
            memory.seek(address)
            return memory.read(size).decode("latin-1")
    except OSError:
        return None
