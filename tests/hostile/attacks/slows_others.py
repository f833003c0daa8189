# Changes limits and priority of another process of the same user.
import os
import resource


def attack(number):
    for way in (
        lambda: resource.prlimit(number, resource.RLIMIT_NOFILE, (17, 17)),
        lambda: os.setpriority(os.PRIO_PROCESS, number, 19),
        lambda: os.sched_setaffinity(number, {0}),
        lambda: os.sched_setscheduler(number, os.SCHED_IDLE, os.sched_param(0)),
    ):
        try:
            way()
        except OSError:
            pass
