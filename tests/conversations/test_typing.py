"""Marks of typing: seen while they are fresh, gone when taken back or old, and never anybody else's."""

import json
import time

import pytest
import redis
from django.conf import settings

from contact_center.live.publish import channel_name
from conversations import typing
from conversations.typing import NOBODY, Side, has_stopped, is_typing, typing_in

ORGANIZATION, CONVERSATION = 990_001, 17


@pytest.fixture(autouse=True)
def clean():
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.delete(f"typing:{ORGANIZATION}:{CONVERSATION}")
    yield client
    client.delete(f"typing:{ORGANIZATION}:{CONVERSATION}")


def test_everybody_who_types_is_told_apart():
    is_typing(ORGANIZATION, CONVERSATION, Side.CUSTOMER)
    is_typing(ORGANIZATION, CONVERSATION, Side.REPRESENTATIVE, 5)
    is_typing(ORGANIZATION, CONVERSATION, Side.SUPERVISOR, 9)
    found = typing_in(ORGANIZATION, CONVERSATION)
    assert (found.customer, found.representatives, found.supervisors) == (True, {5}, {9})
    assert typing_in(ORGANIZATION, CONVERSATION + 1) == NOBODY
    assert typing_in(ORGANIZATION + 1, CONVERSATION) == NOBODY


def test_who_stops_is_gone_and_the_others_stay():
    is_typing(ORGANIZATION, CONVERSATION, Side.CUSTOMER)
    is_typing(ORGANIZATION, CONVERSATION, Side.REPRESENTATIVE, 5)
    has_stopped(ORGANIZATION, CONVERSATION, Side.CUSTOMER)
    found = typing_in(ORGANIZATION, CONVERSATION)
    assert (found.customer, found.representatives) == (False, {5})


def test_a_mark_that_nobody_repeats_runs_out_by_itself(monkeypatch, clean):
    monkeypatch.setattr(typing, "LIVES_SECONDS", 0.05)
    is_typing(ORGANIZATION, CONVERSATION, Side.CUSTOMER)
    time.sleep(0.1)
    assert typing_in(ORGANIZATION, CONVERSATION) == NOBODY
    assert clean.ttl(f"typing:{ORGANIZATION}:{CONVERSATION}") <= 1


def test_each_sign_of_life_makes_a_new_mark():
    is_typing(ORGANIZATION, CONVERSATION, Side.CUSTOMER)
    first = typing_in(ORGANIZATION, CONVERSATION)
    time.sleep(0.01)
    is_typing(ORGANIZATION, CONVERSATION, Side.CUSTOMER)
    second = typing_in(ORGANIZATION, CONVERSATION)
    assert second.customer_mark > first.customer_mark
    assert (first.our_mark, second.our_mark) == (0, 0)


def test_viewers_hear_which_conversation_and_nothing_else(clean):
    with clean.pubsub(ignore_subscribe_messages=True) as heard:
        heard.subscribe(channel_name(ORGANIZATION))
        heard.get_message(timeout=1)
        is_typing(ORGANIZATION, CONVERSATION, Side.CUSTOMER)
        message = heard.get_message(timeout=2) or heard.get_message(timeout=2)
    assert json.loads(message["data"]) == {"kind": "typing", "ids": [CONVERSATION]}


def test_without_redis_nobody_types_and_nothing_fails(monkeypatch):
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    is_typing(ORGANIZATION, CONVERSATION, Side.CUSTOMER)
    has_stopped(ORGANIZATION, CONVERSATION, Side.CUSTOMER)
    assert typing_in(ORGANIZATION, CONVERSATION) == NOBODY
