"""Bench: the pipeline from trial to scorecard, on two background loops; it works without pytest."""
