"""Calls that come at the same time are received together: one transaction and one commit, a receipt for each delivery.

A batch equals one by one (DESIGN 10), so whoever would wait for the intake lock is judged by its holder instead.
Under a stream of single events the hub then does less for each, the more there are.
"""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from hub.intake.reading import Delivery
from hub.run.hub import Hub
from hub.run.ingest import CHUNK
from hub.run.steps import Batch, examined, take
from schemas.errors import StoreUnavailable
from schemas.receipts import Receipt


@dataclass(slots=True)
class _Call:
    batch: Batch
    receipts: list[Receipt] | None = None
    error: Exception | None = None


@dataclass(slots=True)
class Together:
    """Those who wait. One per process, for any number of threads."""

    _waiting: deque[_Call] = field(default_factory=deque)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def receive(self, hub: Hub, deliveries: Sequence[Delivery]) -> list[Receipt]:
        """As `steps.receive`; a call is examined in its own thread, before it waits for its turn."""
        call = _Call(examined(hub, deliveries))
        self._waiting.append(call)
        with self._turn:
            while call.receipts is None and call.error is None:
                _answer(hub, self._next())
        if call.error is not None:
            raise call.error
        return call.receipts or []

    def _next(self) -> list[_Call]:
        """The longest waiting, and all behind them that fit into a batch."""
        calls = [self._waiting.popleft()]
        size = len(calls[0].batch.examined)
        while self._waiting and (size := size + len(self._waiting[0].batch.examined)) <= CHUNK:
            calls.append(self._waiting.popleft())
        return calls


def _answer(hub: Hub, calls: Sequence[_Call]) -> None:
    """Every call gets its receipts or its error; a bug that one of them meets is not the others'."""
    try:
        receipts = take(hub, Batch(calls[-1].batch.registry, [each for call in calls for each in call.batch.examined]))
    except StoreUnavailable as error:
        for call in calls:
            call.error = error
    except Exception as error:  # noqa: BLE001  # raised again in the thread of the call
        if len(calls) == 1:
            calls[0].error = error
        else:
            for call in calls:
                _answer(hub, [call])
    else:
        answered = iter(receipts)
        for call in calls:
            call.receipts = [next(answered) for _ in call.batch.examined]
