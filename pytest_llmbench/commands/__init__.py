"""Commands: what `python -m pytest_llmbench` does."""
