# Never comes back, and uses no time of the processor.
import time


def attack():
    time.sleep(600)
