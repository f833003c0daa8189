"""`--llm-lint`: one more item per task, which looks for what its proof does not show."""

from __future__ import annotations

from pytest_llmbench.plugin.items import TaskFailure, TaskItem, plainly


class LintItem(TaskItem):
    """What a task may lack although its solutions prove it."""

    def runtest(self) -> None:
        """Wait for the judgement of all solutions, and list what there is to mend."""
        with plainly():
            problems = self.state.lint(self.task)
        if problems:
            head = f"task {self.task.id} has {len(problems)} weak point{'s' if len(problems) > 1 else ''}:"
            raise TaskFailure("\n".join([head, *(f"  {text}" for text in problems)]))
