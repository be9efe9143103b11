"""Those of one process that wait for leave to call: first come, first served."""

import asyncio

from bot.sends import SendId


class PermitQueue:
    """One at a time looks whether there is a permit; the others wait behind it."""

    def __init__(self) -> None:
        self._is_taken = False
        self._waiting: dict[SendId, asyncio.Future[bool]] = {}

    @property
    def is_taken(self) -> bool:
        """Whether somebody waits for a permit."""
        return self._is_taken

    async def enter(self, send_id: SendId) -> bool:
        """Wait for one's turn, to be ended with `leave`; False if there is nothing to wait for."""
        if not self._is_taken:
            self._is_taken = True
            return True
        turn: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting[send_id] = turn
        try:
            return await turn
        except asyncio.CancelledError:
            self._waiting.pop(send_id, None)
            if turn.done() and not turn.cancelled() and turn.result():
                # Its turn came in the same moment.
                self.leave()
            raise

    def leave(self) -> None:
        """Let the next one look."""
        while self._waiting:
            turn = self._waiting.pop(next(iter(self._waiting)))
            if not turn.done():
                turn.set_result(True)
                return
        self._is_taken = False

    def drop(self, send_id: SendId) -> None:
        """Let one go that waits for nothing any more, as somebody cancelled it."""
        turn = self._waiting.pop(send_id, None)
        if turn is not None and not turn.done():
            turn.set_result(False)
