"""Administrators set from where on a figure is At risk or Critical."""

from analytics.models import Threshold
from contact_center.audit.models import AuditEvent

PAGE = "/admin/analytics/threshold/"


def add(cast, member=None, **fields):
    client = cast.client(member or cast.admin)
    return client.post(f"{PAGE}add/?organization={cast.slug}", fields)


def test_an_administrator_sets_a_threshold_in_percent(harbor):
    assert add(harbor, metric="abandon_rate", at_risk="4", critical="8.5").status_code == 302
    with harbor.scope():
        assert list(Threshold.objects.values_list("metric", "at_risk", "critical")) == [("abandon_rate", 0.04, 0.085)]
        row = Threshold.objects.get()
        assert AuditEvent.objects.filter(object_type="threshold", object_id=row.pk).exists()
    page = harbor.client(harbor.admin).get(f"{PAGE}{row.pk}/change/?organization=harbor").content.decode()
    assert 'value="8.5"' in page
    assert "Critical at 8.5 % or more" in harbor.client(harbor.admin).get(PAGE).content.decode()


def test_thresholds_stand_in_order_and_can_be_reached(harbor):
    assert "Critical must be higher" in add(harbor, metric="backlog", at_risk="9", critical="3").content.decode()
    assert "Critical must be lower" in add(harbor, metric="answer_rate", at_risk="5", critical="9").content.decode()
    assert "can be reached" in add(harbor, metric="answer_rate", at_risk="500").content.decode()
    assert "one with this value" not in add(harbor, metric="backlog", at_risk="9", critical="30").content.decode()
    assert "already one with this value" in add(harbor, metric="backlog", at_risk="1").content.decode()


def test_what_holds_stands_on_the_page_before_anybody_set_anything(harbor):
    client = harbor.client(harbor.admin)
    page = client.get(PAGE).content.decode()
    assert "The usual thresholds hold" in page
    assert "At risk at 20 or more, Critical at 50 or more" in page
    form = client.get(f"{PAGE}add/?metric=service_level_20").content.decode()
    assert 'value="80"' in form
    assert "Usual: At risk at 80 % or less, Critical at 60 % or less." in form
    add(harbor, metric="backlog", at_risk="9", critical="30")
    page = client.get(PAGE).content.decode()
    assert "Queue backlog” was added" in page or "Queue backlog</a>" in page
    assert "At risk at 20 or more" not in page


def test_others_may_not(harbor, summit):
    assert add(harbor, harbor.supervisor, metric="backlog", at_risk="9").status_code == 403
    assert add(harbor, summit.admin, metric="backlog", at_risk="9").status_code == 409
    with harbor.scope():
        assert not Threshold.objects.exists()
