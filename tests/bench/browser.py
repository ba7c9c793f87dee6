"""A browser without a screen: signs in through the page, keeps its connection, measures whole answers."""

import http.client
import re
import time
from collections.abc import Mapping, Sequence
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from tests.real_console import HOST, Console

PASSWORD = "demo-password"
# The server closes what is silent for long; a request in that moment would fail.
IDLE_SECONDS = 2
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
Fields = Mapping[str, str] | Sequence[tuple[str, str]]


class Browser:
    def __init__(self, console: Console, email: str) -> None:
        self._connection = http.client.HTTPConnection(HOST, console.port, timeout=60)
        self._used_at = time.monotonic()
        self.cookies: dict[str, str] = {}
        token = _TOKEN.search(self.get("/accounts/login/"))[1]
        self.post("/accounts/login/", {"login": email, "password": PASSWORD, "csrfmiddlewaretoken": token})
        assert "sessionid" in self.cookies, f"{email} could not sign in."

    @property
    def cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def close(self) -> None:
        self._connection.close()

    def get(self, path: str) -> str:
        return self._send("GET", path)[1]

    def post(self, path: str, fields: Fields) -> str:
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "HX-Request": "true",
            "X-CSRFToken": self.cookies.get("csrftoken", ""),
        }
        return self._send("POST", path, urlencode(fields), headers)[1]

    def timed(self, path: str) -> float:
        """Seconds from the first byte sent to the last one received."""
        begun = time.perf_counter()
        status, _ = self._send("GET", path)
        seconds = time.perf_counter() - begun
        assert status == 200, f"{path} answered {status}."
        return seconds

    def _send(self, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None):
        if time.monotonic() - self._used_at > IDLE_SECONDS:
            self._connection.close()
        self._connection.request(method, path, body, {"Cookie": self.cookie, **(headers or {})})
        answer = self._connection.getresponse()
        self._used_at = time.monotonic()
        text = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie") or ():
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        assert answer.status < 400, f"{method} {path} answered {answer.status}: {text[:500]}"
        return answer.status, text
