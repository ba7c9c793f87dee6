"""Pages of the work streams: what follows from the channel, what stays, what is refused."""

import pytest

from routing import auto_close
from routing.kinds import kind_of
from routing.models import WorkStream
from tests import factories
from tests.admin_pages import errors_of, stream_form, url

DAY = 24 * 3600


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


@pytest.mark.parametrize(
    ("channel", "seconds"),
    [
        ("live_chat", (20 * 60, None, None, 15 * 60)),
        ("persistent_chat", (30 * DAY, None, 28 * DAY, DAY)),
        ("sms", (30 * DAY, 30 * DAY, 28 * DAY, DAY)),
        ("facebook", (30 * DAY, 30 * DAY, 28 * DAY, DAY)),
        ("voice", (30 * DAY, 2 * 3600, None, DAY)),
        ("record", (None, None, None, None)),
    ],
)
def test_a_new_work_stream_closes_after_the_usual_times_of_its_channel(harbor, channel, seconds):
    with harbor.scope():
        queue = factories.make_queue("New", kind=kind_of(channel))
    made = harbor.client(harbor.admin).post(url(WorkStream, "add"), stream_form(queue, channel=channel))
    assert made.status_code == 302
    with harbor.scope():
        assert WorkStream.objects.values_list(*auto_close.FIELDS).get(slug="help") == seconds


def test_an_auto_close_that_is_chosen_stays_and_one_that_is_emptied_later_never_closes(harbor):
    client = harbor.client(harbor.admin)
    chosen = stream_form(harbor.orders, open_auto_close_seconds=300)
    assert client.post(url(WorkStream, "add"), chosen).status_code == 302
    with harbor.scope():
        row = WorkStream.objects.get(slug="help")
    assert (row.open_auto_close_seconds, row.wrap_up_auto_close_seconds) == (300, 15 * 60)
    assert client.post(url(WorkStream, "change", row.pk), stream_form(harbor.orders)).status_code == 302
    with harbor.scope():
        row = WorkStream.objects.get(pk=row.pk)
    assert (row.open_auto_close_seconds, row.wrap_up_auto_close_seconds) == (None, None)


def test_keeping_the_representative_and_the_notice_to_customers_are_set_on_the_page(harbor):
    form = stream_form(harbor.orders, channel="sms", keep_same_representative="on", monitoring_notice="We listen in.")
    assert harbor.client(harbor.admin).post(url(WorkStream, "add"), form).status_code == 302
    with harbor.scope():
        row = WorkStream.objects.get(slug="help")
    assert (row.keep_same_representative, row.monitoring_notice) == (True, "We listen in.")


@pytest.mark.parametrize("more", [{"distribution": "pick"}, {"channel": "record"}])
def test_what_is_picked_and_records_keep_no_representative(harbor, more):
    with harbor.scope():
        queue = factories.make_queue("New", kind=kind_of(more.get("channel", "sms")))
    form = stream_form(queue, **{"channel": "sms", **more}, keep_same_representative="on")
    response = harbor.client(harbor.admin).post(url(WorkStream, "add"), form)
    assert errors_of(response).keys() == {"keep_same_representative"}
