"""A self-hosted daily news email: feeds in, one mail a day to every reader at their own hour."""

__version__ = "0.1.0"
