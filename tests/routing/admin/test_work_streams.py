"""Pages of the work streams: what follows from the channel, what stays, what is refused."""

from routing.models import WorkStream
from tests.admin_pages import errors_of, stream_form, url


def test_kind_and_mode_of_a_work_stream_follow_from_its_channel(harbor):
    assert harbor.client(harbor.admin).post(url(WorkStream, "add"), stream_form(harbor.orders)).status_code == 302
    with harbor.scope():
        row = WorkStream.objects.get(slug="help")
    assert (row.kind, row.mode, bool(row.chat_key)) == ("messaging", "live_chat", True)


def test_channel_and_distribution_of_a_work_stream_stay(harbor):
    client = harbor.client(harbor.admin)
    client.post(url(WorkStream, "add"), stream_form(harbor.orders))
    with harbor.scope():
        row = WorkStream.objects.get(slug="help")
    changed = stream_form(harbor.orders, channel="sms", distribution="pick", slug="other", name="Chat")
    assert client.post(url(WorkStream, "change", row.pk), changed).status_code == 302
    with harbor.scope():
        row = WorkStream.objects.get(pk=row.pk)
    assert (row.name, row.slug, row.channel, row.distribution, row.mode) == (
        "Chat",
        "help",
        "live_chat",
        "push",
        "live_chat",
    )


def test_a_work_stream_refuses_a_queue_of_another_type_and_picked_voice(harbor):
    client = harbor.client(harbor.admin)
    response = client.post(url(WorkStream, "add"), stream_form(harbor.orders, channel="voice", distribution="pick"))
    assert errors_of(response).keys() >= {"default_queue", "distribution"}
