"""Comparison: what changed between two runs, how sure that is, and whether a gate lets it pass."""
