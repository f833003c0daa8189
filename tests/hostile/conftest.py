"""Every level of isolation that works here, and the runtimes that answers need."""

from levels import any_sandbox, sandbox
from runtimes import go, javascript

__all__ = ["any_sandbox", "go", "javascript", "sandbox"]
