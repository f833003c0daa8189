"""Isolation without namespaces, for machines that forbid them: Landlock, seccomp, limits, a supervisor."""
