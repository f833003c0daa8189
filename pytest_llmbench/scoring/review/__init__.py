"""Reviews: a model's remarks on a listing, held against the faults that were planted in it."""
