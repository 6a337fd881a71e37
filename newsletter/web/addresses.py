"""What stands in the addresses of pages."""

from werkzeug.routing import IntegerConverter


class Number(IntegerConverter):
    """A row's number, written one way only, and never more than a database can hold."""

    regex = r"[1-9][0-9]{0,8}"
