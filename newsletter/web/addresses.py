"""What stands in the addresses of pages."""

from werkzeug.routing import BaseConverter, IntegerConverter


class Number(IntegerConverter):
    """A row's number, written one way only, and never more than a database can hold."""

    regex = r"[1-9][0-9]{0,8}"


class MonthName(BaseConverter):
    """A month: 2026-11. Looked at before anything that may be any word."""

    regex = r"[0-9]{4}-[0-9]{2}"
    weight = 50
