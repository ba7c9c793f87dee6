"""The scope: refused where it could leak, nested, put back, and both walls behind it."""

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections, transaction
from django.db.models import Count
from django.http import StreamingHttpResponse

from contact_center.tenancy.scope import (
    NoOrganizationInScope,
    OrganizationScopeError,
    current_organization_id,
    organization_id_or_none,
    organization_scope,
)
from routing.models import IntentFamily, IntentGroup, Queue, QueueMember, Representative
from tests import factories


def setting():
    """What PostgreSQL goes by."""
    with connection.cursor() as cursor:
        cursor.execute("select current_setting('app.organization_id', true)")
        return cursor.fetchone()[0] or ""


class BrokenOff(Exception):
    pass


def write_and_fail(cast):
    with cast.scope():
        Queue.objects.create(name="Undone", kind="messaging")
        raise BrokenOff


# --- Opening one ---


@pytest.mark.parametrize("nothing", [None, "1", 1.5, object()])
def test_a_scope_needs_the_number_of_an_organization(db, nothing):
    with pytest.raises(OrganizationScopeError, match="None would mean every organization"), organization_scope(nothing):
        pass


async def test_a_scope_is_refused_inside_a_coroutine():
    with pytest.raises(OrganizationScopeError, match="not in a coroutine"), organization_scope(1):
        pass


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
async def test_a_scope_opens_in_a_thread_that_a_coroutine_waits_for():
    def inside():
        try:
            organization = factories.make_organization("harbor")
            with organization_scope(organization.pk):
                return organization.pk, current_organization_id(), setting()
        finally:
            connections.close_all()

    pk, current, in_database = await sync_to_async(inside)()
    assert (current, in_database) == (pk, str(pk))
    assert organization_id_or_none() is None


def test_another_organization_is_refused_while_one_is_in_scope(harbor, summit):
    with (
        harbor.scope(),
        pytest.raises(OrganizationScopeError, match="Another organization is in scope"),
        summit.scope(),
    ):
        pass


def test_the_same_organization_nests(harbor):
    with harbor.scope():
        with harbor.scope():
            assert Queue.objects.count() == 2
        assert setting() == str(harbor.organization.pk)
        assert Queue.objects.count() == 2


# --- Leaving it ---


def test_after_a_scope_nothing_is_in_it(harbor):
    with harbor.scope():
        assert setting() == str(harbor.organization.pk)
    assert (organization_id_or_none(), setting()) == (None, "")


def test_inside_a_larger_transaction_the_setting_is_put_back(harbor):
    with transaction.atomic():
        with harbor.scope():
            pass
        assert setting() == ""
        with connection.cursor() as cursor:
            cursor.execute("select count(*) from routing_queue")
            assert cursor.fetchone() == (0,)


def test_an_exception_puts_it_back_too(harbor):
    with transaction.atomic():
        with pytest.raises(BrokenOff), harbor.scope():
            raise BrokenOff
        assert (organization_id_or_none(), setting()) == (None, "")


def test_an_inner_failure_leaves_the_outer_scope_whole(harbor):
    with harbor.scope():
        with pytest.raises(BrokenOff):
            write_and_fail(harbor)
        assert setting() == str(harbor.organization.pk)
        assert not Queue.objects.filter(name="Undone").exists()


def test_what_a_scope_wrote_before_an_exception_is_undone(harbor):
    with pytest.raises(BrokenOff):
        write_and_fail(harbor)
    with harbor.scope():
        assert not Queue.objects.filter(name="Undone").exists()


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_the_setting_does_not_outlive_the_transaction():
    organization = factories.make_organization("harbor")
    with organization_scope(organization.pk):
        pass
    assert setting() == ""


# --- The manager: nothing without a scope ---


@pytest.mark.parametrize(
    "use",
    [
        lambda: Queue.objects.all(),
        lambda: Queue.objects.exists(),
        lambda: Queue.objects.count(),
        lambda: Queue.objects.aggregate(Count("pk")),
        lambda: Queue.objects.first(),
        lambda: Queue.objects.get(pk=1),
        lambda: Queue.objects.raw("select * from routing_queue"),
        lambda: Queue.objects.create(name="X", kind="messaging"),
        lambda: Queue.objects.bulk_create([Queue(name="X", kind="messaging")]),
        lambda: Queue.objects.update(name="X"),
        lambda: Queue.objects.get_or_create(name="X"),
        lambda: Queue.objects.in_bulk([1]),
        lambda: Queue.objects.values_list("pk"),
        lambda: Queue.objects.using("default").all(),
        lambda: Queue(pk=1).members.all(),
        lambda: Queue(name="X", kind="messaging").save(),
    ],
    ids=lambda use: "",
)
def test_without_a_scope_nothing_is_asked_or_written(db, use):
    with pytest.raises(NoOrganizationInScope):
        use()


async def test_asynchronous_queries_raise_without_a_scope():
    with pytest.raises(NoOrganizationInScope):
        await Queue.objects.aexists()
    with pytest.raises(NoOrganizationInScope):
        await Queue.objects.acount()


def test_a_query_made_in_one_organization_finds_nothing_in_another(harbor, summit):
    with harbor.scope():
        query = Queue.objects.all()
    with summit.scope():
        assert list(query) == []


# --- The database: nothing even past the manager ---


def test_base_managers_and_refresh_see_nothing_without_a_scope(harbor):
    assert list(Queue._base_manager.all()) == []
    with pytest.raises(Queue.DoesNotExist):
        harbor.orders.refresh_from_db()


def test_base_managers_see_only_the_organization_in_scope(harbor, summit):
    with harbor.scope():
        assert {queue.organization_id for queue in Queue._base_manager.all()} == {harbor.organization.pk}


def test_following_a_key_without_a_scope_leads_nowhere(harbor):
    with harbor.scope():
        member = QueueMember.objects.filter(queue=harbor.orders).get()
    with pytest.raises(Representative.DoesNotExist):
        _ = QueueMember(representative_id=member.representative_id).representative


def test_saving_a_row_of_another_organization_changes_nothing_there(harbor, summit):
    foreign = summit.orders
    foreign.name = "Taken over"
    with pytest.raises(Exception, match="row-level security"), transaction.atomic(), harbor.scope():
        foreign.save()
    with summit.scope():
        assert Queue.objects.get(pk=foreign.pk).name == "Orders"


def test_deleting_a_row_of_another_organization_deletes_nothing(harbor, summit):
    with summit.scope():
        family = IntentFamily.objects.create(name="Delivery")
        IntentGroup.objects.create(name="Late", family=family)
    with harbor.scope():
        family.delete()
    with summit.scope():
        assert IntentGroup.objects.count() == 1


def test_rows_are_written_into_the_organization_in_scope(harbor):
    with harbor.scope():
        one = Queue.objects.create(name="One", kind="messaging")
        (many,) = Queue.objects.bulk_create([Queue(name="Many", kind="messaging")])
    assert {one.organization_id, many.organization_id} == {harbor.organization.pk}


# --- Answers that are read later ---


def test_a_streamed_answer_opens_its_own_scope(harbor):
    def lines():
        with harbor.scope():
            yield from Queue.objects.order_by("name").values_list("name", flat=True)

    assert b",".join(StreamingHttpResponse(lines())) == b"Orders,Refunds"
    assert organization_id_or_none() is None


def test_a_streamed_answer_without_one_fails_closed(harbor):
    with harbor.scope():
        answer = StreamingHttpResponse(queue.name for queue in [None] for queue in Queue.objects.all())
    with pytest.raises(NoOrganizationInScope):
        b"".join(answer)
