"""Plugin: the only package that imports pytest."""
