"""The `newsletter` command: one file per group, put together here."""

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A daily news email, from feeds to inboxes."""
