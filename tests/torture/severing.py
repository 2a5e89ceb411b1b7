"""A way to PostgreSQL that can lose the answer to the COMMIT of a batch: the server has committed, and the worker cannot know."""

import socket
import threading
from contextlib import suppress

_COMMIT = b"COMMIT\x00"
_MOVE = b"UPDATE stream_position p SET next_offset"
_TYPE_AND_LENGTH = 5
_READY = b"Z\x00\x00\x00\x05I"
_BYTES = 1 << 16


class Severing:
    """A port that leads to another port. Armed, it cuts connections after the next COMMITs of moved positions, before their answers."""

    def __init__(self, port: int) -> None:
        self.cuts = 0
        self._target = port
        self._armed = 0
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, name="severing", daemon=True).start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listener.getsockname()[1])

    def arm(self, cuts: int) -> None:
        """How many of the next COMMITs lose their answer."""
        with self._lock:
            self._armed = cuts

    def close(self) -> None:
        """Let nobody in any more."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self._target))
                except OSError:
                    client.close()
                    continue
                _Way(self, client, server).open()

    def take_one(self) -> bool:
        """Whether this COMMIT is to be cut."""
        with self._lock:
            if not self._armed:
                return False
            self._armed -= 1
            self.cuts += 1
            return True


class _Way:
    """One connection."""

    def __init__(self, severing: Severing, client: socket.socket, server: socket.socket) -> None:
        self._severing = severing
        self._client = client
        self._server = server
        self._cut = False
        self._moves: set[bytes] = set()
        self._moved = False
        self._unread = bytearray()
        for each in (client, server):
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def open(self) -> None:
        threading.Thread(target=self._asked, daemon=True).start()
        threading.Thread(target=self._answered, daemon=True).start()

    def _asked(self) -> None:
        with suppress(OSError):
            while asked := self._client.recv(_BYTES):
                self._read(asked)
                self._server.sendall(asked)
        self._close()

    def _read(self, asked: bytes) -> None:
        """Follow what the client asks, message by message: its first ones have a length and no type."""
        unread = self._unread
        unread += asked
        while len(unread) >= _TYPE_AND_LENGTH:
            typed = int(unread[0] != 0)
            size = typed + int.from_bytes(unread[typed : typed + 4])
            if len(unread) < size:
                return
            self._look(bytes(unread[:typed]), bytes(unread[typed + 4 : size]))
            del unread[:size]

    def _look(self, kind: bytes, content: bytes) -> None:
        name, _, rest = content.partition(b"\0")
        if kind == b"P":  # a statement gets a name
            (self._moves.add if _MOVE in rest else self._moves.discard)(name)
        elif kind == b"B":  # a statement is run
            self._moved |= rest.partition(b"\0")[0] in self._moves
        elif kind == b"Q" and content.startswith((_COMMIT, b"ROLLBACK\0")):
            self._cut |= content == _COMMIT and self._moved and self._severing.take_one()
            self._moved = False

    def _answered(self) -> None:
        with suppress(OSError):
            while answer := self._server.recv(_BYTES):
                if self._cut:
                    if answer.endswith(_READY):
                        break
                    continue
                self._client.sendall(answer)
        self._close()

    def _close(self) -> None:
        for each in (self._client, self._server):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
