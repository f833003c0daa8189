# Ends the process without any of Python's own end. Earns: nothing
import os

os._exit(0)
