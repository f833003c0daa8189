"""Statistics: medians, and how sure a score is. Numbers only: nothing here knows a model or a task."""
