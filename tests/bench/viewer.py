"""Browsers without a screen that watch a list: they keep every frame's time and what the rows say in the end."""

import asyncio
import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import cast

from tests.bench.rows import Place
from tests.real_console import HOST, Console

_ROW = re.compile(r'<tr id="conversation-(\d+)"(?: hx-swap-oob="([^"]+)")?([^>]*>.*?)</tr>', re.DOTALL)
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


@dataclass(frozen=True, slots=True)
class Frame:
    """What a frame says, read once however many sockets it came through."""

    page: bool
    removed: tuple[str, ...]
    rows: dict[str, str]
    stamps: tuple[str, ...]

    @classmethod
    def read(cls, text: str) -> "Frame":
        removed, rows, stamps = [], {}, []
        for id, swap, rest in _ROW.findall(text):
            if swap == "delete":
                removed.append(id)
                continue
            rows[id] = rest
            stamps += _stamp(rest)
        return cls('<tbody id="rows"' in text, tuple(removed), rows, tuple(stamps))


def _stamp(row: str) -> list[str]:
    found = re.search(r'<time datetime="([^"]+)" data-kind="wait"', row)
    return [found[1]] if found else []


def rows_of_page(html: str) -> dict[str, str]:
    return Frame.read(html).rows


@dataclass
class Viewer:
    """One socket. `heard` holds the time of every frame that changed rows, with the stamps that were new in it."""

    path: str
    rows: dict[str, str] = field(default_factory=dict)
    heard: list[tuple[float, tuple[str, ...]]] = field(default_factory=list)
    pages: int = 0
    lost: bool = False

    def take(self, at: float, frame: Frame) -> None:
        if frame.page:
            changed = [row for id, row in frame.rows.items() if self.rows.get(id) != row]
            if self.pages:
                self.heard.append((at, tuple(stamp for row in changed for stamp in _stamp(row))))
            self.pages += 1
            self.rows = dict(frame.rows)
        elif frame.rows or frame.removed:
            for id in frame.removed:
                self.rows.pop(id, None)
            self.rows |= frame.rows
            self.heard.append((at, frame.stamps))


TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Line(asyncio.Protocol):
    """The least that a WebSocket needs on the browser's side, so that a thousand of them don't take the machine."""

    def __init__(self, path: str, headers: str, on_text: Callable[[bytes], None]) -> None:
        self._request = f"GET {path} HTTP/1.1\r\n{headers}\r\n".encode()
        self._on_text = on_text
        self._buffer = bytearray()
        self._open = False
        self.lost = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def close(self) -> None:
        self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._open:
            head, found, rest = bytes(self._buffer).partition(b"\r\n\r\n")
            if not found:
                return
            assert head.startswith(b"HTTP/1.1 101"), head
            self._open, self._buffer = True, bytearray(rest)
        while (frame := self._next()) is not None:
            kind, payload = frame
            if kind == TEXT:
                self._on_text(payload)
            elif kind == PING:
                # A browser masks what it sends; a mask of zeros leaves it as it is.
                self._transport.write(bytes([0x80 | PONG, 0x80 | len(payload), 0, 0, 0, 0]) + payload)
            elif kind == CLOSE:
                self._transport.close()

    def _next(self) -> tuple[int, bytes] | None:
        """Servers don't mask, and neither Daphne nor the console splits a message."""
        buffer = self._buffer
        if len(buffer) < 10 and (len(buffer) < 2 or len(buffer) < 2 + {126: 2, 127: 8}.get(buffer[1], 0)):
            return None
        length, start = buffer[1], 2
        if length == 126:
            length, start = int.from_bytes(buffer[2:4]), 4
        elif length == 127:
            length, start = int.from_bytes(buffer[2:10]), 10
        if len(buffer) < start + length:
            return None
        payload = bytes(buffer[start : start + length])
        kind = buffer[0] & 0x0F
        del buffer[: start + length]
        return kind, payload


class Audience:
    """Many viewers in one event loop."""

    def __init__(self, console: Console, cookie: str, paths: Iterable[str]) -> None:
        self._console = console
        self._headers = (
            f"Host: {HOST}:{console.port}\r\nOrigin: {console.url}\r\nCookie: {cookie}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        )
        self.viewers = [Viewer(path) for path in paths]
        self._lines: list[Line] = []
        self._read: dict[bytes, Frame] = {}

    async def come(self) -> None:
        """Connect one after the other and wait until everybody has been given the page."""
        loop = asyncio.get_running_loop()
        for viewer in self.viewers:
            make = partial(Line, viewer.path, self._headers, partial(self._take, viewer))
            _, line = await loop.create_connection(make, HOST, self._console.port)
            self._lines.append(line)
            await asyncio.sleep(0.005)
        deadline = time.monotonic() + 120
        while not all(viewer.pages for viewer in self.viewers):
            assert time.monotonic() < deadline, "Not everybody was given the page."
            await asyncio.sleep(0.05)

    async def leave(self) -> None:
        for viewer, line in zip(self.viewers, self._lines, strict=True):
            viewer.lost = line.lost
            line.close()
        await asyncio.sleep(0.1)

    def _take(self, viewer: Viewer, text: bytes) -> None:
        at = time.monotonic()
        frame = self._read.get(text)
        if frame is None:
            if len(self._read) > 500:
                self._read.clear()
            frame = self._read[text] = Frame.read(text.decode())
        viewer.take(at, frame)


def socket_path(place: Place, query: str = "") -> str:
    return f"/ws/o/{place.slug}/conversations/" + (f"?{query}" if query else "")


class Watching:
    """One viewer beside a measurement, in a thread of its own."""

    def __init__(self, console: Console, place: Place, cookie: str) -> None:
        self._audience = Audience(console, cookie, [socket_path(place)])
        self._ending = threading.Event()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))

    async def _run(self) -> None:
        await self._audience.come()
        self._ready.set()
        await asyncio.to_thread(self._ending.wait)
        await self._audience.leave()

    def __enter__(self) -> "Watching":
        self._thread.start()
        assert self._ready.wait(30), "The list can not be watched."
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()

    @property
    def frames(self) -> int:
        viewer = self._audience.viewers[0]
        return len(viewer.heard) + viewer.pages
