"""The organization's page and its settings: name, toggles with the notice, when a second supervisor is asked."""

from django.utils import timezone

from bulk_actions.kinds import KINDS
from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.tenancy.models import OrganizationSettings
from contact_center.tenancy.roles import Right
from contact_center.tenancy.toggles import APPROVABLE, MONITORING_NOTICE, MONITORING_NOTICE_VERSION, Toggle
from tests.admin_pages import errors_of, events, url


def test_the_name_changes_and_the_address_does_not(harbor):
    client = harbor.client(harbor.admin)
    response = client.post(
        url(type(harbor.organization), "change", harbor.organization.pk), {"name": "Harbor Retail", "slug": "other"}
    )
    assert response.status_code == 302
    harbor.organization.refresh_from_db()
    assert (harbor.organization.name, harbor.organization.slug) == ("Harbor Retail", "harbor")
    (event,) = events(harbor, AuditAction.CONFIGURATION_CHANGED)
    assert (event.object_type, event.after) == ("organization", {"fields": ["name"]})


def test_another_organizations_row_is_not_found(harbor, summit):
    client = harbor.client(harbor.admin)
    response = client.post(
        url(type(harbor.organization), "change", summit.organization.pk), {"name": "Taken over"}, follow=True
    )
    summit.organization.refresh_from_db()
    assert summit.organization.name == "Summit"
    assert "Summit" not in response.content.decode()


def settings_form(cast, *toggles, **more):
    with cast.scope():
        row = OrganizationSettings.objects.get()
    return row, {
        "time_zone": "UTC",
        "sentiment_alert_threshold": "25",
        **{toggle.value: "on" for toggle in toggles},
        **more,
    }


def test_each_toggle_that_changes_is_audited_with_before_and_after(harbor):
    row, form = settings_form(harbor, Toggle.MONITOR, Toggle.ASSIGN)
    response = harbor.client(harbor.admin).post(url(OrganizationSettings, "change", row.pk), form)
    assert response.status_code == 302
    with harbor.scope():
        row.refresh_from_db()
    assert row.toggles == [Toggle.MONITOR, Toggle.ASSIGN]
    changes = [(event.before, event.after) for event in events(harbor, AuditAction.TOGGLE_CHANGED)]
    assert changes == [
        ({"toggle": name, "on": True}, {"toggle": name, "on": False}) for name in ("force_close", "supervisor_transfer")
    ]
    assert {event.membership_id for event in events(harbor, AuditAction.TOGGLE_CHANGED)} == {harbor.admin.pk}


def test_supervisor_monitor_needs_the_notice_confirmed(harbor):
    row, off = settings_form(harbor)
    _, on = settings_form(harbor, Toggle.MONITOR)
    client, page = harbor.client(harbor.admin), url(OrganizationSettings, "change", row.pk)
    client.post(page, off)
    assert MONITORING_NOTICE in client.get(page).content.decode()

    assert list(errors_of(client.post(page, on))) == ["confirmed"]
    with harbor.scope():
        row.refresh_from_db()
    assert row.toggles == []

    assert client.post(page, {**on, "confirmed": "on"}).status_code == 302
    with harbor.scope():
        row.refresh_from_db()
    assert row.toggles == [Toggle.MONITOR]
    assert row.monitoring_confirmed_by_id == harbor.admin.user_id
    assert row.monitoring_notice_version == MONITORING_NOTICE_VERSION
    assert (timezone.now() - row.monitoring_confirmed_at).total_seconds() < 60
    (event,) = events(harbor, AuditAction.MONITORING_CONFIRMED)
    assert event.after == {"version": MONITORING_NOTICE_VERSION}
    assert "By Admin on" in client.get(page).content.decode()


def test_a_changed_toggle_is_told_to_open_pages_once_committed(harbor, published, django_capture_on_commit_callbacks):
    row, form = settings_form(harbor, Toggle.MONITOR)
    with django_capture_on_commit_callbacks(execute=True):
        harbor.client(harbor.admin).post(url(OrganizationSettings, "change", row.pk), form)
    assert (harbor.organization.pk, "rights", None) in published


def test_a_refused_form_writes_and_publishes_nothing(harbor, published, django_capture_on_commit_callbacks):
    row, form = settings_form(harbor, time_zone="Nowhere/Land")
    with django_capture_on_commit_callbacks(execute=True):
        assert list(errors_of(harbor.client(harbor.admin).post(url(OrganizationSettings, "change", row.pk), form))) == [
            "time_zone"
        ]
    assert published == []
    with harbor.scope():
        assert not AuditEvent.objects.exists()


def test_administrators_choose_when_a_second_supervisor_is_asked(harbor):
    row, form = settings_form(harbor, *Toggle, approval_actions=["force_close"], approval_above="200")
    assert harbor.client(harbor.admin).post(url(OrganizationSettings, "change", row.pk), form).status_code == 302
    with harbor.scope():
        row.refresh_from_db()
    assert (row.approval_actions, row.approval_above) == (["force_close"], 200)
    assert "approval_above" in events(harbor, AuditAction.CONFIGURATION_CHANGED)[-1].after["fields"]


def test_an_action_that_needs_no_approval_is_no_choice(harbor):
    row, form = settings_form(harbor, *Toggle, approval_actions=["delete_everything"])
    response = harbor.client(harbor.admin).post(url(OrganizationSettings, "change", row.pk), form)
    assert "approval_actions" in errors_of(response)
    with harbor.scope():
        row.refresh_from_db()
    assert row.approval_actions == []


def test_every_kind_of_run_may_need_an_approval():
    assert set(APPROVABLE) == set(KINDS)


def test_customized_reports_are_turned_on_for_chosen_roles_and_it_is_audited(harbor):
    row, form = settings_form(harbor, *Toggle)
    form |= {"reports_enabled": "on", "report_readers": ["supervisor", "auditor"], "report_makers": ["auditor"]}
    assert not harbor.actor().may(Right.READ_REPORTS)
    response = harbor.client(harbor.admin).post(
        url(OrganizationSettings, "change", row.pk), {**form, "confirmed": "on"}
    )
    assert response.status_code == 302
    assert harbor.actor().may(Right.READ_REPORTS)
    assert not harbor.actor().may(Right.MAKE_REPORTS)
    assert harbor.actor(harbor.auditor).may(Right.MAKE_REPORTS)
    assert not harbor.actor(harbor.admin).may(Right.READ_REPORTS)
    (event,) = events(harbor, AuditAction.CONFIGURATION_CHANGED)
    assert set(event.after["fields"]) >= {"reports_enabled", "report_readers", "report_makers"}
