"""The secret that signs a work stream's deliveries: made with the address, read by administrators, in no log."""

from contact_center.audit.models import AuditEvent
from routing.models import WorkStream
from tests.admin_pages import errors_of, stream_form, url

ADDRESS = "https://93.184.216.34/console"


def stream(cast):
    with cast.scope():
        return WorkStream.objects.get(slug="help")


def test_the_secret_comes_with_the_address_and_is_read_by_administrators(harbor, summit):
    client = harbor.client(harbor.admin)
    client.post(url(WorkStream, "add"), stream_form(harbor.orders))
    page = url(WorkStream, "change", stream(harbor).pk)
    assert stream(harbor).delivery_secret == ""
    assert "Delivery secret" not in client.get(page).content.decode()
    client.post(page, stream_form(harbor.orders, delivery_url=ADDRESS))
    secret = stream(harbor).delivery_secret
    assert len(secret) == 64
    assert secret in client.get(page).content.decode()
    client.post(page, stream_form(harbor.orders, delivery_url=ADDRESS, name="Again", delivery_secret="mine"))
    assert (stream(harbor).name, stream(harbor).delivery_secret) == ("Again", secret)
    for stranger in (harbor.client(), harbor.client(harbor.agent), summit.client(summit.admin)):
        assert secret not in stranger.get(page, follow=True).content.decode()
    with harbor.scope():
        assert not [each for each in AuditEvent.objects.all() if secret in str((each.before, each.after))]


def test_a_private_address_gets_no_secret(harbor):
    response = harbor.client(harbor.admin).post(
        url(WorkStream, "add"), stream_form(harbor.orders, delivery_url="http://10.0.0.5/in")
    )
    assert list(errors_of(response)) == ["delivery_url"]


def test_where_the_operator_allows_private_networks_such_an_address_is_taken(harbor, settings):
    settings.DELIVER_TO_PRIVATE_NETWORKS = True
    form = stream_form(harbor.orders, delivery_url="http://10.0.0.5/in")
    assert harbor.client(harbor.admin).post(url(WorkStream, "add"), form).status_code == 302
    assert len(stream(harbor).delivery_secret) == 64
    form = stream_form(harbor.orders, slug="other", delivery_url="ftp://10.0.0.5/in")
    assert list(errors_of(harbor.client(harbor.admin).post(url(WorkStream, "add"), form))) == ["delivery_url"]
