"""Scoring: checks, analyzers, axis scores, scorecards."""
