"""Calls that are broken as HTTP, or whose sender goes away in the middle: nothing is recorded and the next one is answered."""

import json
import socket

import pytest

from tests.integration.web.calling import EVENTS, Api
from tests.integration.web.test_events import recorded
from tests.unit.intake.builders import registration

WHOLE = json.dumps(registration()).encode()


def head(api: Api, *lines: str) -> bytes:
    """The head of a call that sends an event."""
    stated = (
        f"POST {EVENTS} HTTP/1.1",
        "Host: hub",
        f"Authorization: Bearer {api.token()}",
        "Content-Type: application/cloudevents+json",
        *lines,
    )
    return "\r\n".join((*stated, "", "")).encode("latin-1")


def sent(api: Api, raw: bytes) -> bytes:
    """What comes back when these bytes are sent and nothing follows."""
    host, port = api.client.base_url.host, api.client.base_url.port
    with socket.create_connection((host, port or 80), timeout=20) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
    return answer


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        ([f"Content-Length: {len(WHOLE) + 1}"], WHOLE),
        (["Content-Length: 5000000"], WHOLE),
        (["Transfer-Encoding: chunked"], b"%x\r\n%b\r\n" % (len(WHOLE), WHOLE)),
        (["Transfer-Encoding: chunked"], b"%x\r\n%b" % (len(WHOLE) + 9, WHOLE)),
        (["Transfer-Encoding: chunked"], b"zz\r\n" + WHOLE),
        (["Content-Length: 10"], b""),
        ([], b""),
    ],
    ids=["one byte short", "much short", "no last chunk", "a cut chunk", "no chunk", "no body", "no length"],
)
def test_a_sender_that_goes_away_in_the_middle_leaves_nothing(api: Api, lines: list[str], body: bytes) -> None:
    answer = sent(api, head(api, *lines) + body)

    assert answer.partition(b"\r\n")[0] in {
        b"",
        b"HTTP/1.1 400 Bad Request",
        b"HTTP/1.1 408 Request Timeout",
    }
    assert recorded(api.hub) == 0
    assert api.post(WHOLE).status_code == 201


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Length: ten"],
        ["Content-Length: -1"],
        ["Content-Length: 10", "Content-Length: 11"],
        ["Content-Length: " + "9" * 400],
        ["Content-Length:  " + "9" * 5_000],
        ["Transfer-Encoding: gzip"],
        ["ce-id : a"],
        ["X: \x00"],
        ["X: " + "x" * 100_000],
        [f"X-{place}: x" for place in range(10_000)],
    ],
    ids=lambda lines: lines[0][:30],
)
def test_a_call_that_is_no_http_is_refused_and_the_next_one_is_answered(module_api: Api, lines: list[str]) -> None:
    answer = sent(module_api, head(module_api, *lines) + WHOLE)

    assert answer[:12] in {b"", b"HTTP/1.1 400", b"HTTP/1.1 413", b"HTTP/1.1 431", b"HTTP/1.1 501"}
    assert recorded(module_api.hub) == 0
    assert module_api.call("GET", "/health/ready").status_code == 200
