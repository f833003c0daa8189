# Reads who has an account on the machine.
def attack():
    try:
        return open("/etc/passwd").read()[:5]
    except OSError:
        return None
