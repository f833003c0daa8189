"""Storage: what was paid for, kept; runs, their trials, completions and scorecards in one database."""
