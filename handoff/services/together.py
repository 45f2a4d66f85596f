"""One transaction for whatever many ask for at the same time: a group commit, or one look for all who come together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

AskT = TypeVar("AskT")
AnswerT = TypeVar("AnswerT")


class Together(Generic[AskT, AnswerT]):
    """Gathers what is asked while the last transaction is on its way to the disk.

    Parameters
    ----------
    work
        Serves several in one transaction; gives an answer or an error for each, in order.
    most
        So many at once.
    """

    def __init__(
        self, work: Callable[[Sequence[AskT]], Awaitable[Sequence[AnswerT | Exception]]], most: int = 32
    ) -> None:
        self._work = work
        self._most = most
        self._waiting: list[tuple[AskT, asyncio.Future[AnswerT]]] = []
        self._task: asyncio.Task[None] | None = None

    async def ask(self, question: AskT) -> AnswerT:
        """Ask; answered after the commit, or with the error that was meant for this question."""
        future: asyncio.Future[AnswerT] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        try:
            while self._waiting:
                now, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                await self._serve(now)
        finally:
            self._task = None

    async def _serve(self, now: Sequence[tuple[AskT, "asyncio.Future[AnswerT]"]]) -> None:
        try:
            answers = await self._work([question for question, _future in now])
        except Exception as error:  # nothing was committed: each of them hears it and may ask again
            answers = [error] * len(now)
        for (_question, future), answer in zip(now, answers, strict=True):
            if future.done():
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
