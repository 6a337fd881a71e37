"""Why an edition's stories stand in their order: a table of what each factor added to their scores."""

from collections.abc import Sequence

from rich.table import Table

from newsletter.models import Story


def factor_table(stories: Sequence[Story]) -> Table:
    """A column for each story, a row for each factor that any of them has; those add up to the score."""
    names = dict.fromkeys(name for story in stories for name in story.factors)
    table = Table("Story", *(str(number) for number in range(1, len(stories) + 1)), box=None)
    for name in names:
        table.add_row(
            name, *(f"{story.factors[name]:.2f}" if name in story.factors else "" for story in stories)
        )
    table.add_row("score", *(f"{story.score:.2f}" for story in stories), style="bold")
    table.add_row("copies", *(str(story.copies) for story in stories))
    return table
