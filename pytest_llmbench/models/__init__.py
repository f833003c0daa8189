"""Models: which there are, where they are reached, what they cost."""
