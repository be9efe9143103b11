"""Where people were asked to approve a send, until it stands there what was decided."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from bot.repositories import ApprovalQuestion
from bot.sends import SendId
from bot.store.database import Database
from bot.store.send_table import find
from bot.store.tables import approval_questions as table

POSTED = {
    name: insert(table).on_conflict_do_nothing()
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}


class ApprovalQuestionStore:
    """The questions as rows; every method takes as long as the database does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, send_id: SendId) -> tuple[ApprovalQuestion, ...]:
        """Read those that still stand as they were asked, of a send and of all that it changes."""
        return await self._database.read(lambda c: tuple(_of(c, send_id)))

    async def posted(self, question: ApprovalQuestion) -> None:
        """Remember where one stands; the first place counts."""
        row = {
            "send_id": question.send,
            "user_id": question.user,
            "channel": question.channel,
            "ts": question.ts,
        }

        def work(connection: sa.Connection) -> None:
            connection.execute(POSTED[connection.dialect.name], row)

        await self._database.write(work)

    async def closed(self, question: ApprovalQuestion) -> None:
        """Forget one in whose place it stands what was decided."""
        which = (table.c.send_id == question.send, table.c.user_id == question.user)
        await self._database.write(lambda c: c.execute(sa.delete(table).where(*which)))


def _of(connection: sa.Connection, send_id: SendId) -> Iterator[ApprovalQuestion]:
    next_id: SendId | None = send_id
    while next_id:
        query = sa.select(table).where(table.c.send_id == next_id).order_by(table.c.user_id)
        for row in connection.execute(query):
            yield ApprovalQuestion(SendId(row.send_id), row.user_id, row.channel, row.ts)
        send = find(connection, next_id)
        next_id = send.request.changed_from if send else None
