"""What people do with views, and who may not."""

import pytest
from django.http import QueryDict

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.errors import Invalid, NotFound, Refused
from contact_center.tenancy.roles import Role
from conversations.filters import ConversationFilter
from conversations.models import SavedView
from conversations.saved_views import changing
from conversations.saved_views.changing import NameTaken, Share
from conversations.saved_views.reading import default_key, find_view, views_of

PAGE = "conversations"


@pytest.fixture
def mine(harbor):
    with harbor.scope():
        return changing.save_new(harbor.actor(), PAGE, "Refunds", "status=waiting")


def names(cast, member=None):
    actor = cast.actor(member)
    with cast.scope():
        return [view.name for view in views_of(actor, PAGE) if not view.is_built_in]


def test_a_view_is_its_owners_alone_until_it_is_shared(harbor, mine):
    assert names(harbor) == ["Refunds"]
    assert names(harbor, harbor.second) == []
    with harbor.scope():
        assert find_view(harbor.actor(harbor.second), PAGE, str(mine.pk)) is None


def test_a_name_is_tidied_and_must_be_there_and_not_too_long(harbor):
    with harbor.scope():
        assert changing.save_new(harbor.actor(), PAGE, "  My \n view ", "").name == "My view"
        for name in ("", "   ", "x" * 81):
            with pytest.raises(Invalid):
                changing.save_new(harbor.actor(), PAGE, name, "")
        assert SavedView.objects.count() == 1


def test_a_taken_name_asks_and_replaces_only_what_is_ones_own(harbor, mine):
    with harbor.scope():
        with pytest.raises(NameTaken):
            changing.save_new(harbor.actor(), PAGE, "refunds", "status=open")
        other = changing.save_new(harbor.actor(harbor.second), PAGE, "Refunds", "status=active")
        replaced = changing.save_new(harbor.actor(), PAGE, "refunds", "status=open", replace=True)
        assert (replaced.pk, SavedView.objects.get(pk=mine.pk).query) == (mine.pk, "status=open")
        assert SavedView.objects.get(pk=other.pk).query == "status=active"


@pytest.mark.parametrize("who", ["person", "role", "everybody"])
def test_a_share_reaches_whom_it_names(harbor, mine, who):
    share = {"person": Share(harbor.second.pk), "role": Share(role=Role.SUPERVISOR), "everybody": Share()}[who]
    with harbor.scope():
        changing.share(harbor.actor(), mine.pk, [share])
    assert names(harbor, harbor.second) == ["Refunds"]
    assert names(harbor, harbor.scoped) == ([] if who == "person" else ["Refunds"])
    with harbor.scope():
        changing.share(harbor.actor(), mine.pk, [])
    assert names(harbor, harbor.second) == []


def test_only_edit_rights_let_others_change_and_only_the_owner_shares_and_deletes(harbor, mine):
    second = harbor.actor(harbor.second)
    with harbor.scope():
        changing.share(harbor.actor(), mine.pk, [Share(harbor.second.pk)])
        for deed in (
            lambda: changing.save_changes(second, mine.pk, ""),
            lambda: changing.rename(second, mine.pk, "Theirs"),
            lambda: changing.share(second, mine.pk, [Share()]),
            lambda: changing.delete(second, mine.pk),
        ):
            with pytest.raises(Refused):
                deed()
        changing.share(harbor.actor(), mine.pk, [Share(harbor.second.pk, may_edit=True)])
        assert changing.save_changes(second, mine.pk, "status=open").query == "status=open"
        assert changing.rename(second, mine.pk, "Ours").name == "Ours"
        for deed in (lambda: changing.share(second, mine.pk, []), lambda: changing.delete(second, mine.pk)):
            with pytest.raises(Refused):
                deed()


def test_what_is_not_shared_does_not_exist_and_what_is_foreign_neither(harbor, summit, mine):
    with harbor.scope(), pytest.raises(NotFound):
        changing.rename(harbor.actor(harbor.second), mine.pk, "x")
    with summit.scope(), pytest.raises(NotFound):
        changing.delete(summit.actor(), mine.pk)
    with harbor.scope():
        assert SavedView.objects.filter(pk=mine.pk, name="Refunds").exists()


def test_a_share_with_somebody_from_elsewhere_is_refused_and_nothing_changes(harbor, summit, mine):
    with harbor.scope():
        changing.share(harbor.actor(), mine.pk, [Share(harbor.second.pk)])
        for wrong in (Share(summit.supervisor.pk), Share(role="emperor")):
            with pytest.raises(Invalid):
                changing.share(harbor.actor(), mine.pk, [wrong])
        assert changing.who_has(mine.pk) == [str(harbor.second)]


def test_deleting_names_who_loses_it(harbor, mine):
    with harbor.scope():
        changing.share(harbor.actor(), mine.pk, [Share(harbor.second.pk), Share(role=Role.SUPERVISOR), Share()])
        losers = changing.who_has(mine.pk)
        named = f"{harbor.scoped}, {harbor.second}"
        assert losers == [str(harbor.second), f"every supervisor: {named}", f"the whole organization: {named}"]
        assert changing.delete(harbor.actor(), mine.pk) == "Refunds"
    assert names(harbor, harbor.second) == []


def test_a_copy_is_ones_own_under_a_free_name(harbor, mine):
    with harbor.scope():
        actor = harbor.actor()
        view = find_view(actor, PAGE, str(mine.pk))
        copies = [changing.copy(actor, view, PAGE).name for _ in range(2)]
        built_in = changing.copy(actor, find_view(actor, PAGE, "waiting"), PAGE)
    assert copies == ["Refunds (copy)", "Refunds (copy 2)"]
    assert (built_in.name, built_in.query) == ("Waiting (copy)", "status=waiting")


def test_the_view_one_starts_with_is_ones_own_choice(harbor, mine):
    with harbor.scope():
        actor = harbor.actor()
        assert default_key(actor, PAGE) == "all"
        for key in ("waiting", str(mine.pk)):
            changing.start_with(actor, PAGE, find_view(actor, PAGE, key))
            assert default_key(actor, PAGE) == key
        assert default_key(harbor.actor(harbor.second), PAGE) == "all"
        changing.delete(actor, mine.pk)
        assert default_key(actor, PAGE) == "all"


def test_what_is_done_to_views_is_audited_without_their_names(harbor, mine):
    with harbor.scope():
        changing.rename(harbor.actor(), mine.pk, "Secret name")
        changing.share(harbor.actor(), mine.pk, [Share()])
        changing.delete(harbor.actor(), mine.pk)
        events = list(AuditEvent.objects.filter(object_type="saved_view").order_by("pk"))
    assert [event.action for event in events] == [
        AuditAction.VIEW_SAVED,
        AuditAction.VIEW_CHANGED,
        AuditAction.VIEW_SHARED,
        AuditAction.VIEW_DELETED,
    ]
    assert "Secret" not in str([event.after for event in events])


def test_the_selector_counts_every_view_in_one_query(harbor, mine, django_assert_max_num_queries):
    with harbor.scope():
        actor = harbor.actor()
        for number in range(8):
            changing.save_new(actor, PAGE, f"View {number}", f"queue={harbor.orders.pk}")
    client = harbor.client()
    client.get(harbor.url("conversations/views/"))
    with django_assert_max_num_queries(15):
        assert client.get(harbor.url("conversations/views/")).status_code == 200


def test_an_edited_view_says_so_and_goes_on_from_what_was_made_of_it(harbor, mine):
    with harbor.scope():
        read = lambda query: ConversationFilter.from_query(QueryDict(query), harbor.actor())  # noqa: E731
        as_saved, edited = read(f"view={mine.pk}"), read(f"view={mine.pk}&status=waiting&channel=sms")
        assert (as_saved.definition, as_saved.is_edited) == ("status=waiting", False)
        assert edited.is_edited
        assert edited.query_string() == f"view={mine.pk}&status=waiting&channel=sms"
        # Taken apart down to nothing it isn't the saved view again.
        assert as_saved.without("status", "waiting").query_string() == "view=all"
        assert as_saved.stored() == "status=waiting"
