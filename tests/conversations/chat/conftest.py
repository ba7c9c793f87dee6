"""A chat page of harbor and people who come to it."""

import uuid

import pytest
import redis
from django.conf import settings
from django.test import Client

from conversations.models import Conversation
from routing.kinds import Channel
from tests import factories

KEY = "harbor-chat"
PAGE = f"/chat/{KEY}/"


class Guest(Client):
    """Somebody's browser: it opens the page before it sends anything, and its script says that it is one."""

    def ask(self, question="Where is my parcel?", name="Mia Okafor", token=None, **headers):
        self.get(PAGE)
        return self.post(
            f"{PAGE}start/", {"name": name, "question": question, "token": token or uuid.uuid4()}, **headers
        )

    def write(self, text, token=None, **headers):
        given = {"HX-Request": "true"} | headers
        return self.post(f"{PAGE}write/", {"text": text, "token": token or uuid.uuid4()}, headers=given)

    def answer(self, word):
        return self.post(f"{PAGE}consent/", {"answer": word}, headers={"HX-Request": "true"})

    def page(self):
        return self.get(PAGE).text

    def asks_for_news(self):
        return self.get(f"{PAGE}messages/").text


@pytest.fixture(autouse=True)
def a_minute_of_its_own():
    """All tests come from one address, more of them in a minute than people would."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    for name in client.scan_iter("api-calls:chat-*"):
        client.delete(name)


@pytest.fixture
def stream(harbor):
    with harbor.scope():
        return factories.make_work_stream(Channel.LIVE_CHAT, queue=harbor.orders, chat_key=KEY)


@pytest.fixture
def guest(stream):
    return Guest()


@pytest.fixture
def only(harbor):
    """The one conversation there is."""

    def read():
        with harbor.scope():
            return Conversation.objects.get()

    return read
