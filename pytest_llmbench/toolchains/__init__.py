"""Compilers, runtimes and packages of other languages: where they are, and how they come to be there."""
