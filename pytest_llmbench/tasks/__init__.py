"""Tasks: what is asked of a model, declared by a test function."""
