"""Who a visitor is: a signed cookie for each chat page names somebody whose name nobody else can guess."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from http.cookies import Morsel
from typing import Any, Self

from django.core import signing
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from conversations.intake.conversations import FIRST_MESSAGE
from conversations.models import Conversation
from routing.models import WorkStream

LIVES = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Visitor:
    """`known` is false until the browser has brought its cookie back."""

    key: str
    token: str
    known: bool = True

    @classmethod
    def of(cls, request: HttpRequest, key: str) -> Self:
        """The visitor of the cookie; a new one when there is none, or when somebody changed it."""
        return cls.of_cookie(request.COOKIES.get(cookie_name(key), ""), key) or cls(key, uuid.uuid4().hex, known=False)

    @classmethod
    def of_cookie(cls, value: str, key: str) -> Self | None:
        try:
            token = _signer(key).unsign(value, max_age=LIVES)
        except signing.BadSignature:
            return None
        return cls(key, token)

    @property
    def external_id(self) -> str:
        """How the visitor's customer row is known."""
        return f"chat:{self.token}"

    def once(self, token: uuid.UUID) -> str:
        """The external id of what this visitor sends: sent again, it is the same; another visitor's is another."""
        return f"{self.external_id}:{token.hex}"

    def conversations(self, stream: WorkStream) -> QuerySet[Conversation]:
        """Theirs on this page, the newest first."""
        rows = Conversation.objects.filter(customer__external_id=self.external_id, work_stream_id=stream.pk)
        return rows.order_by("-created_at", "-pk")

    def remember(self, response: HttpResponse, *, secure: bool) -> None:
        """The cookie, anew for 30 days. Over HTTPS it works in a frame on another site, for that site alone."""
        name = cookie_name(self.key)
        response.set_cookie(
            name,
            _signer(self.key).sign(self.token),
            max_age=LIVES,
            path=f"/chat/{self.key}/",
            httponly=True,
            samesite="None" if secure else "Lax",
            secure=secure,
        )
        if secure:
            response.cookies[name] = _Partitioned.of(response.cookies[name])


def cookie_name(key: str) -> str:
    return f"chat-{key}"


def token_in(external_id: str) -> str:
    """The page's own name of what was sent, by the external id made of it; empty for anything else."""
    start, _, token = external_id.removeprefix(FIRST_MESSAGE).rpartition(":")
    return token if start.startswith("chat:") else ""


def _signer(key: str) -> signing.TimestampSigner:
    return signing.get_cookie_signer(salt=f"chat visitor {key}")


class _Partitioned(Morsel):
    """Python's cookies learn this attribute with 3.14."""

    @classmethod
    def of(cls, morsel: Morsel) -> Self:
        made = cls()
        made.set(morsel.key, morsel.value, morsel.coded_value)
        made.update(morsel)
        return made

    def OutputString(self, attrs: Any = None) -> str:
        return f"{super().OutputString(attrs)}; Partitioned"
