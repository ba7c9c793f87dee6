"""A small client of the console's own HTTP API: what simulate_traffic and replay_dialogues speak through."""

import http.client
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

TIMEOUT_SECONDS = 30.0
RETRY_SECONDS = 1.0


class NotThere(Exception):
    """The server can't be reached; it may be starting or restarting."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: dict[str, Any]
    retry_after: float = 0.0

    @property
    def ok(self) -> bool:
        return self.status < 300

    @property
    def reason(self) -> str:
        """What the server says was wrong, in one line."""
        error = self.body.get("error") or {}
        return f"{self.status} {error.get('message', 'without a reason')}"


class Client:
    """One connection that is kept open and made anew when it breaks."""

    def __init__(self, url: str, key: str, *, sleep: Callable[[float], None] = time.sleep) -> None:
        parts = urlsplit(url if "//" in url else f"//{url}", scheme="http")
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{url} is no address of a console; it must look like http://127.0.0.1:8000.")
        self._secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._prefix = f"{parts.path.rstrip('/')}/api/v1"
        self._key = key
        self._sleep = sleep
        self._connection: http.client.HTTPConnection | None = None

    def post(self, path: str, body: dict[str, Any]) -> Answer:
        return self.call("POST", path, body)

    def get(self, path: str) -> Answer:
        return self.call("GET", path)

    def set_presence(self, email: str, presence: str) -> Answer:
        return self.call("PUT", f"/representatives/{quote(email)}/presence", {"presence": presence})

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> Answer:
        """One call, repeated when the server asks to wait. Raises NotThere."""
        while True:
            answer = self._once(method, path, body)
            if answer.status != 429:
                return answer
            self._sleep(answer.retry_after or RETRY_SECONDS)

    def patiently(self, method: str, path: str, body: dict[str, Any] | None, *, attempts: int) -> Answer:
        """As `call`, waiting for a server that isn't there yet. Safe because every call may be repeated."""
        for _ in range(attempts - 1):
            try:
                return self.call(method, path, body)
            except NotThere:
                self._sleep(RETRY_SECONDS)
        return self.call(method, path, body)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _once(self, method: str, path: str, body: dict[str, Any] | None) -> Answer:
        fresh = self._connection is None
        try:
            return self._request(method, path, body)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            if fresh:
                raise NotThere(str(error) or type(error).__name__) from error
        # A kept connection may have been closed by the server meanwhile; a new one tells whether it is there.
        try:
            return self._request(method, path, body)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise NotThere(str(error) or type(error).__name__) from error

    def _request(self, method: str, path: str, body: dict[str, Any] | None) -> Answer:
        if self._connection is None:
            kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            self._connection = kind(self._host, self._port, timeout=TIMEOUT_SECONDS)
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        self._connection.request(method, self._prefix + path, json.dumps(body) if body is not None else None, headers)
        response = self._connection.getresponse()
        text = response.read()
        wait = response.headers.get("Retry-After", "")
        try:
            parsed = json.loads(text) if text else {}
        except ValueError:
            parsed = {}
        return Answer(
            response.status, parsed if isinstance(parsed, dict) else {}, float(wait) if wait.isdecimal() else 0.0
        )
