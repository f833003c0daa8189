# Reads the hashes of the machine's passwords.
def attack():
    try:
        return open("/etc/shadow").read()[:5]
    except OSError:
        return None
