# Starts 150 processes that stay.
import os
import time


def attack(bound):
    for count in range(bound):
        try:
            if os.fork() == 0:
                time.sleep(20)
                os._exit(0)
        except OSError:
            time.sleep(0.3)
            return count
    time.sleep(0.3)  # long enough to be looked at
    return bound
