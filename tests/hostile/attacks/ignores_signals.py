# Never comes back, and lets no signal end it that it can refuse.
import signal


def attack():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGXCPU, signal.SIGALRM, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    while True:
        pass
