"""Every level of isolation that works here."""

from levels import any_sandbox, sandbox

__all__ = ["any_sandbox", "sandbox"]
