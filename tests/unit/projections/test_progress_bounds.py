"""What a wrong sequence number may cost: the hub names the first missing numbers and keeps its memory."""

from datetime import UTC, datetime, timedelta

from projections.sources.progress import SourceProgress

BEGAN = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
GRACE = timedelta(minutes=15)


def test_a_number_far_too_high_names_the_first_thousand_missing() -> None:
    progress = SourceProgress.empty(1)
    progress.receive(1, BEGAN, BEGAN, heartbeat=False)
    progress.receive(9_999_999_999_999_999, BEGAN, BEGAN, heartbeat=False)

    answer = progress.answer(BEGAN + 2 * GRACE, grace=GRACE, silent_after=timedelta(days=1), held=0, rejected=0)

    assert answer.missing_sequences == tuple(range(2, 1002))
