#!/usr/bin/env python3
"""Takes the pictures of the README from a fresh demo: `.venv/bin/python docs/pictures/make.py`.

Starts `hub demo` on a free port with a data directory of its own, looks at it with the machine's Chromium, and removes
both. The same seed gives the same people, so that only a change of the pages changes a picture.
"""

import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
HUB = Path(sys.executable).with_name("hub")
SEED = "1"
PARTICIPANTS = "60"
AMINA = "0"  # her place among the people whom the demo offers
LARGEST_BYTES = 300_000
_PATIENCE_SECONDS = 300
_RGB = 3  # bytes of a pixel
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]


@contextmanager
def demo() -> Iterator[str]:
    """The address of a demo that has taken everything in."""
    folder = Path(tempfile.mkdtemp(prefix="samspar-pictures-"))
    folder.chmod(0o711)  # PostgreSQL's account must reach its part when root takes the pictures
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    address = f"http://127.0.0.1:{port}"
    command = [str(HUB), "demo", "--participants", PARTICIPANTS, "--seed", SEED, "--port", port]
    settings = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    with subprocess.Popen(  # noqa: S603  # our own command
        command, env=settings | {"HUB_DATA_DIR": str(folder)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait(process, address)
            yield address
        finally:
            process.terminate()
            process.wait()
            shutil.rmtree(folder)


def picture(browser: Browser, address: str, name: str, *, width: int, height: int) -> Path:
    """Amina's timeline as the caseworker at Arbetsförmedlingen sees it, from the top."""
    page = browser.new_page(viewport={"width": width, "height": height}, locale="sv-SE")
    page.goto(address)
    page.click('button[value="af"]')
    page.click(f'button[name="person"][value="{AMINA}"]')
    page.wait_for_load_state("networkidle")
    path = HERE / name
    path.write_bytes(packed(page.screenshot()))
    page.close()
    return path


def packed(png: bytes) -> bytes:
    """The same picture in fewer bytes: Chromium's filters suit photographs, a page of text packs best without any."""
    chunks: list[tuple[bytes, bytes]] = []
    at = len(_SIGNATURE)
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at : at + 8])
        chunks.append((kind, png[at + 8 : at + 8 + size]))
        at += size + 12
    width, height, depth, colour = struct.unpack(">IIBB", dict(chunks)[b"IHDR"][:10])
    if (depth, colour) != (8, 2):
        return png  # not plain RGB: left as it is
    raw = zlib.decompress(b"".join(content for kind, content in chunks if kind == b"IDAT"))
    rows, above = [], bytes(width * _RGB)
    for row in range(height):
        start = row * (width * _RGB + 1)
        above = _unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + width * _RGB]), above)
        rows.append(b"\0" + above)
    whole = [(b"IHDR", dict(chunks)[b"IHDR"]), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b"")]
    return _SIGNATURE + b"".join(
        struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        for kind, content in whole
    )


def _unfiltered(method: int, row: bytearray, above: bytes) -> bytes:
    """A row of RGB without its filter (PNG, section 9)."""
    for place in range(len(row)):
        left, corner = (row[place - _RGB], above[place - _RGB]) if place >= _RGB else (0, 0)
        up = above[place]
        guess = left + up - corner
        nearest = min((abs(guess - left), 0, left), (abs(guess - up), 1, up), (abs(guess - corner), 2, corner))[2]
        row[place] = (row[place] + (0, left, up, (left + up) // 2, nearest)[method]) & 255
    return bytes(row)


def main() -> None:
    """Take both pictures; say so when one has grown too large for a README."""
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=_ARGUMENTS)
        taken = [
            picture(browser, address, "deltagare.png", width=1280, height=1480),
            picture(browser, address, "deltagare-mobil.png", width=390, height=1280),
        ]
        browser.close()
    large = [path.name for path in taken if path.stat().st_size > LARGEST_BYTES]
    if large:
        sys.exit(f"expected pictures of at most {LARGEST_BYTES} bytes, found larger: {', '.join(large)}; crop them")


def _wait(process: "subprocess.Popen[bytes]", address: str) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(f"{address}/health/ready", timeout=5):  # noqa: S310  # our own http address
                return
        except (URLError, ConnectionError):
            time.sleep(0.2)
    sys.exit("the demo did not come up; try `hub demo` by hand")


if __name__ == "__main__":
    main()
