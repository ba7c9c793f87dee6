"""A customer's socket through the whole ASGI application: who comes in, what is sent, and what never is."""

import asyncio
import uuid

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator
from django.db import connections

from contact_center.asgi import application
from contact_center.live.hub import close_running_hub, running_hub
from contact_center.live.protocol import NOT_FOUND, RIGHT_ENDED, SLOW_DOWN
from conversations.actions import perform
from conversations.chat import limits
from conversations.chat.limits import Limit, What
from conversations.models import Conversation, Message
from conversations.typing import Side, is_typing, typing_in
from routing.kinds import Channel
from tests import factories
from tests.cast import make_cast
from tests.conversations.chat.conftest import KEY, PAGE, Guest

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

ORIGIN = "http://testserver"


@pytest.fixture
def harbor(db):
    cast = make_cast("harbor")
    with cast.scope():
        factories.make_work_stream(Channel.LIVE_CHAT, queue=cast.orders, chat_key=KEY)
    return cast


@pytest.fixture
def summit(db):
    cast = make_cast("summit")
    with cast.scope():
        factories.make_work_stream(Channel.LIVE_CHAT, queue=cast.orders, chat_key="summit-chat")
    return cast


async def in_thread(work):
    def run():
        try:
            return work()
        finally:
            connections.close_all()

    return await asyncio.to_thread(run)


class Line:
    """One socket and all that it was sent."""

    def __init__(self, cookies, path, origin):
        headers = [(b"host", b"testserver")]
        if origin:
            headers.append((b"origin", origin.encode()))
        if cookies:
            headers.append((b"cookie", "; ".join(f"{name}={value}" for name, value in cookies.items()).encode()))
        self.communicator = WebsocketCommunicator(application, path, headers=headers)
        self.text = ""
        self.closed_with = None

    async def until(self, words, timeout=10):
        async with asyncio.timeout(timeout):
            while words not in self.text:
                message = await self.communicator.receive_output(timeout)
                if message["type"] == "websocket.close":
                    self.closed_with = message["code"]
                    return
                self.text += message["text"]

    async def says(self, word):
        await self.communicator.send_to(text_data=word)


@pytest.fixture
async def connect(db):
    opened = []

    async def connect(guest=None, path=f"{PAGE}live/", origin=ORIGIN, cookies=None):
        held = {name: morsel.value for name, morsel in guest.cookies.items()} if guest else {}
        line = Line(cookies if cookies is not None else held, path, origin)
        opened.append(line)
        accepted, code = await line.communicator.connect(timeout=10)
        if not accepted:
            line.closed_with = code
        return line

    running_hub()
    yield connect
    for line in opened:
        await line.communicator.disconnect()
    await close_running_hub()
    await sync_to_async(connections.close_all)()


@pytest.fixture
async def guest(harbor):
    guest = Guest()
    await in_thread(guest.ask)
    return guest


async def conversation(harbor):
    def read():
        with harbor.scope():
            return Conversation.objects.latest("pk")

    return await in_thread(read)


async def do(harbor, action, member=None, **parameters):
    row = await conversation(harbor)

    def act():
        with harbor.scope():
            perform(action, [row.pk], actor=harbor.actor(member or harbor.agent), parameters=parameters)

    await in_thread(act)


async def test_the_whole_chat_comes_first_and_then_what_changes(harbor, guest, connect):
    line = await connect(guest)
    await line.until("You are next in line.")
    assert "Where is my parcel?" in line.text
    await do(harbor, "pick")
    await line.until("You are now talking to Ana Ruiz.")
    await do(harbor, "reply", text="It is on its way.")
    await line.until("It is on its way.")
    assert line.text.count("Where is my parcel?") == 1, "lines that stand there already aren't sent again"


async def test_internal_messages_and_other_peoples_chats_never_come(harbor, guest, connect):
    other = Guest()
    await in_thread(lambda: other.ask("My secret question"))
    line = await connect(guest)
    await line.until("data-page")
    row = (await in_thread(lambda: _of(harbor, "Where is my parcel?"))).pk

    def write():
        with harbor.scope():
            perform("pick", [row], actor=harbor.actor(harbor.agent))
            perform("internal_note", [row], actor=harbor.actor(harbor.agent), parameters={"text": "Difficult customer"})
            perform("reply", [row], actor=harbor.actor(harbor.agent), parameters={"text": "The last word"})

    await in_thread(write)
    await line.until("The last word")
    assert "Difficult" not in line.text
    assert "secret" not in line.text


def _of(harbor, subject):
    with harbor.scope():
        return Conversation.objects.get(subject=subject)


async def test_a_force_close_says_that_it_is_over_and_what_can_be_done(harbor, guest, connect):
    line = await connect(guest)
    await line.until("data-page")
    await do(harbor, "force_close", member=harbor.supervisor, reason=harbor.reason.pk)
    await line.until("Start a new conversation")
    assert "A supervisor ended the conversation." in line.text


async def test_the_conversation_that_follows_is_shown_on_the_same_socket(harbor, guest, connect):
    line = await connect(guest)
    await line.until("data-page")
    await do(harbor, "force_close", member=harbor.supervisor, reason=harbor.reason.pk)
    await line.until("Start a new conversation")
    await in_thread(lambda: guest.write("One more thing"))
    await line.until("One more thing")


async def test_the_representatives_typing_is_seen_by_name_and_the_customers_by_us(harbor, guest, connect):
    line = await connect(guest)
    await line.until("data-page")
    await do(harbor, "pick")
    row = await conversation(harbor)
    await in_thread(lambda: is_typing(harbor.organization.pk, row.pk, Side.REPRESENTATIVE, harbor.ana.pk))
    await line.until("Ana Ruiz is typing")
    await line.says("typing")

    async def seen(expected):
        async with asyncio.timeout(5):
            while typing_in(harbor.organization.pk, row.pk).customer is not expected:
                await asyncio.sleep(0.05)

    await seen(True)
    await line.says("stopped")
    await seen(False)


async def test_a_mark_of_somebody_who_takes_no_part_names_nobody(harbor, guest, connect):
    line = await connect(guest)
    await line.until("data-page")
    await do(harbor, "pick")
    await line.until("talking to Ana Ruiz")
    row = await conversation(harbor)
    await in_thread(lambda: is_typing(harbor.organization.pk, row.pk, Side.REPRESENTATIVE, harbor.ana.pk + 1))
    await do(harbor, "reply", text="The last word")
    await line.until("The last word")
    assert "typing</p>" not in line.text


async def test_only_the_visitors_own_cookie_of_that_chat_opens_it(harbor, summit, guest, connect):
    assert await code(connect()) == NOT_FOUND
    assert await code(connect(cookies={f"chat-{KEY}": f"{uuid.uuid4().hex}:forged:signature"})) == NOT_FOUND
    foreign = {"chat-summit-chat": guest.cookies[f"chat-{KEY}"].value}
    assert await code(connect(cookies=foreign, path="/chat/summit-chat/live/")) == NOT_FOUND
    assert await code(connect(guest, path="/chat/no-such-key/live/")) == NOT_FOUND
    newcomer = Guest()
    await in_thread(newcomer.page)
    assert await code(connect(newcomer)) == NOT_FOUND


async def test_a_members_session_opens_no_chat_and_a_visitor_no_console(harbor, guest, connect):
    member = await in_thread(harbor.client)
    assert await code(connect(member)) == NOT_FOUND
    assert await code(connect(guest, path="/ws/o/harbor/conversations/?")) == 4401


@pytest.mark.parametrize("origin", ["http://testserver:8443", "http://localhost", "http://127.0.0.1:9000"])
async def test_a_page_of_another_origin_is_refused_though_it_may_show_the_chat(harbor, guest, connect, origin):
    def allow():
        with harbor.scope():
            factories.make_work_stream(Channel.LIVE_CHAT).__class__.objects.update(allowed_origins=[origin])

    await in_thread(allow)
    assert await code(connect(guest, origin=origin)) == RIGHT_ENDED


async def test_a_strangers_origin_is_refused_before_anything(guest, connect):
    line = await connect(guest, origin="https://evil.example")
    assert line.closed_with is not None


async def test_too_many_sockets_are_told_to_come_back_later(monkeypatch, guest, connect):
    monkeypatch.setattr(limits, "LIMITS", {**limits.LIMITS, What.SOCKET: Limit(visitor=1_000, address=1_000, page=0)})
    assert await code(connect(guest)) == SLOW_DOWN


async def test_an_open_socket_says_that_the_customer_is_there(harbor, guest, connect):
    def away():
        with harbor.scope():
            Conversation.objects.update(customer_connected=False, customer_seen_at=None)

    await in_thread(away)
    line = await connect(guest)
    await line.until("data-page")
    row = await conversation(harbor)
    assert row.customer_connected
    assert row.customer_seen_at is not None


async def test_whatever_else_a_page_says_is_not_heard(harbor, guest, connect):
    line = await connect(guest)
    await line.until("data-page")
    for word in ("page", "typing 17", "x" * 10_000, '{"text": "hello"}'):
        await line.says(word)
    await do(harbor, "pick")
    await line.until("You are now talking to Ana Ruiz.")

    def count():
        with harbor.scope():
            return Message.objects.filter(author="customer").count()

    assert await in_thread(count) == 1


async def code(connecting):
    line = await connecting
    if line.closed_with is None:
        await line.until("never said")
    return line.closed_with
