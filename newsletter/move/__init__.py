"""Moving an installation to another database: everything, checked, or nothing."""

from newsletter.move.move import Moved, MovedTable, MoveFailed, move, tables_in_order
from newsletter.move.text import Repairs

__all__ = ["MoveFailed", "Moved", "MovedTable", "Repairs", "move", "tables_in_order"]
