"""What a person decided about a send, written down once."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa

from bot.store import statements
from bot.store.transitions import Change, Values


class Decision:
    """What a person decided, written down once."""

    def __init__(
        self,
        changes: Sequence[Change],
        values: Values,
        is_made: sa.Select[Any] = statements.DECIDED,
    ) -> None:
        """`is_made` finds out whether it was this one, after the answer was lost."""
        self._changes = changes
        self._is_made = is_made
        self._values = values
        self._is_tried = False

    def made(self, connection: sa.Connection, more: Values = MappingProxyType({})) -> bool:
        """Decide unless that is done; say whether it was this very decision that did it."""
        is_again, self._is_tried = self._is_tried, True
        values = {**self._values, **more}
        if any(each.make(connection, values) is not None for each in self._changes):
            return True
        # It was committed, and only the answer was lost: then it is told apart by its moment.
        return is_again and connection.execute(self._is_made, values).first() is not None
