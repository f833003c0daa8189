"""Report: the leaderboard, and its HTML, terminal and JSON forms."""
