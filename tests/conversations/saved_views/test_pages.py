"""The selector and its dialogs, over HTTP; and what others see when a shared view changes."""

import json

import pytest
from django.http import QueryDict

from contact_center.live.registry import factory_of
from conversations.models import SavedView
from conversations.saved_views import changing
from conversations.saved_views import counts as counts_of_views
from conversations.saved_views.changing import Share
from conversations.saved_views.reading import default_key, find_view
from tests.factories import make_conversation, make_conversations

HTMX = {"HX-Request": "true"}


@pytest.fixture
def view(harbor):
    with harbor.scope():
        saved = changing.save_new(harbor.actor(), "conversations", "Sms", "channel=sms")
        changing.share(harbor.actor(), saved.pk, [Share(harbor.second.pk)])
        return saved


def post(cast, path, data=None, member=None):
    return cast.client(member).post(cast.url(f"conversations/views/{path}"), data or {}, headers=HTMX)


def get(cast, path, member=None):
    return cast.client(member).get(cast.url(f"conversations/views/{path}"), headers=HTMX)


def led_to(response):
    return json.loads(response["HX-Location"])["path"]


def test_the_selector_shows_every_view_with_its_count(harbor, view):
    with harbor.scope():
        make_conversations(3, queue=harbor.orders)
    text = get(harbor, "?list=conversations").content.decode()
    assert "Longest wait" in text
    assert '<span id="view-count-all" class="view-choice__count">3</span>' in text
    assert f'<span id="view-count-{view.pk}" class="view-choice__count">0</span>' in text


def test_a_scoped_supervisor_counts_their_own_queues(harbor):
    with harbor.scope():
        make_conversations(3, queue=harbor.orders)
        make_conversation(queue=harbor.refunds)
    text = get(harbor, "", harbor.scoped).content.decode()
    assert '<span id="view-count-all" class="view-choice__count">1</span>' in text


def test_saving_leads_to_the_new_view_and_says_so(harbor):
    response = post(harbor, "save/?list=conversations&status=waiting&sort=-wait", {"as": "new", "name": "Patience"})
    with harbor.scope():
        saved = SavedView.objects.get(name="Patience")
    assert saved.query == "status=waiting&sort=-wait"
    assert led_to(response) == harbor.url(f"conversations/?view={saved.pk}")
    assert "Patience" in json.loads(response["HX-Trigger"])["notice:show"]["text"]
    page = harbor.client().get(led_to(response))
    assert page.context["view"]["name"] == "Patience"


def test_a_taken_name_asks_before_it_replaces(harbor, view):
    asked = post(harbor, "save/?status=open", {"as": "new", "name": "Sms"})
    assert asked.status_code == 422
    assert "Replace the view of this name" in asked.content.decode()
    replaced = post(harbor, "save/?status=open", {"as": "new", "name": "Sms", "replace": "1"})
    assert led_to(replaced).endswith(f"view={view.pk}")


def test_an_edited_view_of_ones_own_can_be_changed_and_a_shared_one_only_saved_as_new(harbor, view):
    edited = f"save/?view={view.pk}&channel=sms&status=waiting"
    assert "Change “Sms”" in get(harbor, edited).content.decode()
    assert "Change “Sms”" not in get(harbor, edited, harbor.second).content.decode()
    post(harbor, edited, {"as": "changes"})
    with harbor.scope():
        assert SavedView.objects.get(pk=view.pk).query == "status=waiting&channel=sms"
    # Somebody without edit rights who posts it all the same gets a view of their own, or is asked for a name.
    assert post(harbor, edited, {"as": "changes"}, harbor.second).status_code == 422


def test_a_filter_that_makes_no_sense_is_not_saved(harbor):
    response = post(harbor, "save/?status=gone", {"as": "new", "name": "Nothing"})
    assert "Remove it before you save" in response.content.decode()
    with harbor.scope():
        assert not SavedView.objects.exists()


def test_the_list_opens_with_the_view_one_chose_to_start_with(harbor, view):
    post(harbor, "start-with/?list=conversations", {"view": str(view.pk)})
    client = harbor.client()
    assert client.get(harbor.url("conversations/")).headers["Location"].endswith(f"?view={view.pk}")
    assert client.get(harbor.url("conversations/?view=all")).status_code == 200
    assert harbor.client(harbor.second).get(harbor.url("conversations/")).status_code == 200
    with harbor.scope():
        assert default_key(harbor.actor(), "conversations") == str(view.pk)


def test_whoever_started_with_a_view_that_is_shared_no_more_starts_with_all(harbor, view):
    with harbor.scope():
        second = harbor.actor(harbor.second)
        changing.start_with(second, "conversations", find_view(second, "conversations", str(view.pk)))
        assert default_key(second, "conversations") == str(view.pk)
        changing.share(harbor.actor(), view.pk, [])
        assert default_key(second, "conversations") == "all"
    assert harbor.client(harbor.second).get(harbor.url("conversations/")).status_code == 200


def test_deleting_warns_and_then_the_link_says_that_it_is_gone(harbor, view):
    assert str(harbor.second) in get(harbor, f"{view.pk}/delete/").content.decode()
    post(harbor, f"{view.pk}/delete/")
    page = harbor.client(harbor.second).get(harbor.url(f"conversations/?view={view.pk}"))
    assert "isn’t shared with you any more" in page.content.decode()
    assert list(page.context["rows"]) == []


def test_of_a_group_that_loses_a_view_its_people_are_named(harbor, view):
    with harbor.scope():
        changing.share(harbor.actor(), view.pk, [changing.Share(role="supervisor"), changing.Share(harbor.scoped.pk)])
        assert changing.who_has(view.pk) == [str(harbor.scoped), f"every supervisor: {harbor.scoped}, {harbor.second}"]
        changing.share(harbor.actor(), view.pk, [changing.Share()])
        assert changing.who_has(view.pk) == [f"the whole organization: {harbor.scoped}, {harbor.second}"]


def test_renaming_and_copying_lead_to_the_view(harbor, view):
    assert led_to(post(harbor, f"{view.pk}/rename/", {"name": "Texts"})).endswith(f"view={view.pk}")
    assert post(harbor, f"{view.pk}/rename/", {"name": " "}).status_code == 422
    assert led_to(post(harbor, "copy/?list=conversations", {"view": "waiting"}))


def test_sharing_takes_exactly_whom_one_ticked(harbor, view):
    post(harbor, f"{view.pk}/share/", {"member": [str(harbor.scoped.pk)], "edit_member": [str(harbor.scoped.pk)]})
    with harbor.scope():
        assert changing.who_has(view.pk) == [str(harbor.scoped)]
        assert changing.rename(harbor.actor(harbor.scoped), view.pk, "Theirs too").name == "Theirs too"


PATHS = ["", "save/", "{pk}/rename/", "{pk}/share/", "{pk}/delete/"]


@pytest.mark.parametrize("path", PATHS)
def test_strangers_and_people_without_the_right_get_nowhere(harbor, summit, view, path):
    path = path.format(pk=view.pk)
    assert get(harbor, path, summit.supervisor).status_code == 404
    for member in (harbor.agent, harbor.auditor, harbor.admin):
        assert get(harbor, path, member).status_code == 403
    if str(view.pk) in path:
        assert get(summit, path).status_code == 404
        assert get(harbor, path, harbor.scoped).status_code == 404


@pytest.mark.parametrize("path", ["copy/", "start-with/"])
def test_a_view_that_is_not_shared_can_neither_be_copied_nor_started_with(harbor, summit, view, path):
    assert post(harbor, path, {"view": str(view.pk)}, harbor.scoped).status_code == 404
    assert post(summit, path, {"view": str(view.pk)}).status_code == 404
    assert post(harbor, path, {"view": "9" * 30}).status_code == 404


def test_a_shared_view_changes_for_whoever_looks_at_it(harbor, view):
    with harbor.scope():
        watched = factory_of("conversations")(harbor.actor(harbor.second), QueryDict(f"view={view.pk}"))
        before = watched.read()
        assert watched.concerned_by("saved_view", frozenset({view.pk}))
        assert not watched.concerned_by("saved_view", frozenset({view.pk + 1}))
        assert "hx-get" not in watched.render_counters(before.counters).split("changed-view")[1]
        changing.save_changes(harbor.actor(), view.pk, "channel=whatsapp")
        after = watched.read()
        told = watched.render_counters(after.counters).split("changed-view")[1]
    assert before.counters != after.counters
    assert f'hx-get="{harbor.url("conversations/")}?view={view.pk}"' in told


def test_counts_are_live_and_of_the_list_asked_for(harbor, monkeypatch):
    monkeypatch.setattr(counts_of_views, "SHARED_SECONDS", 0)
    with harbor.scope():
        counts = factory_of("view-counts")(harbor.actor(), QueryDict("list=conversations"))
        assert counts.read().counters["counts"]["all"] == "0"
        make_conversation(queue=harbor.orders)
        again = factory_of("view-counts")(harbor.actor(), QueryDict("list=conversations"))
        snapshot = again.read()
        assert snapshot.counters["counts"]["all"] == "1"
        assert '<span id="view-count-all"' in again.render_counters(snapshot.counters)
