"""Statistics: numbers only."""
