"""What a language model thinks of answers: shown beside the score, and never a part of it."""
