"""Who a visitor is: a signed cookie per chat page names the person and the conversation they are in."""

import uuid
from dataclasses import dataclass, replace
from typing import Self

from django.http import HttpRequest, HttpResponse

from conversations.models import Conversation

LIVES_SECONDS = 60 * 60 * 24 * 30
SEPARATOR = ":"


@dataclass(frozen=True, slots=True)
class Visitor:
    """`conversation_id` is 0 before the first question, and `known` false before the first cookie."""

    key: str
    token: str
    conversation_id: int = 0
    known: bool = True

    @classmethod
    def of(cls, request: HttpRequest, key: str) -> Self:
        """The visitor of the cookie; a new one when there is none, or when somebody changed it."""
        stored = request.get_signed_cookie(cookie_name(key), default=None, salt=key, max_age=LIVES_SECONDS)
        token, _, conversation_id = (stored or "").partition(SEPARATOR)
        if not token or not conversation_id.isdecimal():
            return cls(key, uuid.uuid4().hex, known=False)
        return cls(key, token, int(conversation_id))

    @property
    def external_id(self) -> str:
        """How the visitor's customer row is known."""
        return f"chat:{self.token}"

    def conversation(self) -> Conversation | None:
        """The visitor's conversation, only if it really is theirs."""
        rows = Conversation.objects.select_related("representative", "queue", "work_stream", "customer")
        return rows.filter(pk=self.conversation_id, customer__external_id=self.external_id).first()

    def inside(self, conversation: Conversation) -> "Visitor":
        return replace(self, conversation_id=conversation.pk)

    def named(self, token: uuid.UUID) -> "Visitor":
        """A newcomer is known by the form they send, so that sending it twice makes no second person."""
        return self if self.known else replace(self, token=token.hex)

    def remember(self, response: HttpResponse, *, secure: bool) -> None:
        response.set_signed_cookie(
            cookie_name(self.key),
            f"{self.token}{SEPARATOR}{self.conversation_id}",
            salt=self.key,
            max_age=LIVES_SECONDS,
            path=f"/chat/{self.key}/",
            httponly=True,
            samesite="Lax",
            secure=secure,
        )


def cookie_name(key: str) -> str:
    return f"chat-{key}"
