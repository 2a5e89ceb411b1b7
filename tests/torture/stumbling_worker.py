"""The hub's command line with a bug in its fold: it falls over events whose id begins with `poison-`, until the file `mended` is there."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection

from hub.cli.main import main
from hub.run.models import MODELS
from projections.timeline.rows import Keys, TimelineModel
from schemas.events import RecordedEvent

POISON = "poison-"
MENDED = "mended"


class Stumbling(TimelineModel):
    """A timeline with a bug."""

    def apply(self, connection: Connection, keys: Keys, events: Sequence[RecordedEvent], version: int) -> None:
        """Fold, or fall over."""
        if any(each.id.startswith(POISON) for each in events) and not Path(MENDED).exists():
            message = "a bug in a fold"
            raise ZeroDivisionError(message)
        super().apply(connection, keys, events, version)


if __name__ == "__main__":
    MODELS["timeline"] = Stumbling()
    main()
