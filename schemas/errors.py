"""Everything that can be wrong with the world (a wrong message is a value, never an exception).

HubError
├── Misconfigured         a setting or the installation is wrong: stop with exit code 2
├── StoreUnavailable      PostgreSQL does not answer: retry with backoff, then stop unacknowledged
├── StreamUnavailable     no Kafka broker answers, or none lets us in
├── OutboxUnavailable     another program has a sender's outbox, or its file cannot be read or written
├── PositionTaken         another runner moved the projection's position: stand by
├── TooManyParked         more than a few participants of a batch cannot be folded: the fold is wrong, stop
├── KeyUnknown            a ciphertext names a key that the key table does not have: stop and alarm
├── LogGap                a log position is missing: stop loudly
└── StreamGap             a record is missing in a topic: stop loudly
"""


class HubError(Exception):
    """Base of the hub's own exceptions. Messages never hold personal data."""


class Misconfigured(HubError):
    """A setting or the installation is wrong; the message says what was expected, found and to be done."""


class StoreUnavailable(HubError):
    """The database does not answer."""


class StreamUnavailable(HubError):
    """No Kafka broker answers, or none lets us in."""


class OutboxUnavailable(HubError):
    """Another program has the outbox, or its file cannot be read or written."""


class PositionTaken(HubError):
    """The compare-and-swap of a projection position changed no row: another runner owns it."""


class TooManyParked(HubError):
    """So many participants of one batch cannot be folded that the fold must be wrong; nobody is set aside."""


class KeyUnknown(HubError):
    """A key that a ciphertext names does not exist (a destroyed key is something else: a tombstone)."""


class LogGap(HubError):
    """A position is missing in the canonical log."""


class StreamGap(HubError):
    """What a worker has to read next is not in the topic: it was lost or replaced, and nothing may be passed over."""
