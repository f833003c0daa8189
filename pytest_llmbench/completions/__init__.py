"""Completions: from a trial to what a provider answers."""
