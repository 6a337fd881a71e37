"""The one console commands print tables and progress on."""

from rich.console import Console

console = Console()
