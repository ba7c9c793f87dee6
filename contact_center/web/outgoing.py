"""Posts to other people's servers: to an address that was checked, within a time limit, without reading the answer."""

import contextlib
import socket
import threading
import time
from collections.abc import Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from contact_center.web.targets import Address, checked_addresses

# For connecting, and then for every piece of the answer.
TIMEOUT_SECONDS = 10
# For all of it: a server that sends a byte now and then would hold the sender for hours otherwise.
TOTAL_SECONDS = 20
# Of a name with many addresses so many are tried: a server that is down on one may answer on the other.
ADDRESSES = 2


def post(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
    """Status and reason of the answer. Raises requests.RequestException, and Invalid for a private address."""
    begun = time.monotonic()
    with requests.Session() as session:
        # A proxy of the machine, or its stored passwords, would answer for somewhere else.
        session.trust_env = False
        session.mount("http://", _Adapter())
        session.mount("https://", _Adapter())
        try:
            # A redirect could lead into the private network after all. The answer's body is nobody's business here.
            answer = session.post(
                url, data=body, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False, stream=True
            )
        except requests.ConnectionError as error:
            if time.monotonic() - begun >= TOTAL_SECONDS:
                raise requests.Timeout from error
            raise
        return answer.status_code, answer.reason


class _Checked(HTTPConnection):
    """Resolves once and connects to what was checked: a name that means another address a moment later gains nothing.

    The name itself stays what the Host header and TLS speak of.
    """

    _watch: "_Watch | None" = None

    def _new_conn(self) -> socket.socket:
        first, *others = checked_addresses(self.host)[:ADDRESSES]
        try:
            connected = self._connect_to(first)
        except (NewConnectionError, ConnectTimeoutError):
            if not others:
                raise
            connected = self._connect_to(others[0])
        self._watch = _Watch(connected)
        return connected

    def _connect_to(self, address: Address) -> socket.socket:
        name, self.host = self.host, str(address)
        try:
            return super()._new_conn()
        finally:
            self.host = name

    def close(self) -> None:
        if self._watch is not None:
            self._watch.end()
        super().close()


class _CheckedTls(_Checked, HTTPSConnection):
    pass


class _Watch:
    """Cuts the connection when its time is up."""

    def __init__(self, connected: socket.socket) -> None:
        # TLS takes the socket over; a duplicate still reaches the connection.
        self._socket = connected.dup()
        self._timer = threading.Timer(TOTAL_SECONDS, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def _cut(self) -> None:
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def end(self) -> None:
        self._timer.cancel()
        self._socket.close()


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Checked


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _CheckedTls


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}
