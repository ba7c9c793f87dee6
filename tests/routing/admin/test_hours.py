"""Pages of the operating hours: a week as people write it."""

import pytest

from routing.models import OperatingHours
from tests.admin_pages import errors_of, url


def test_hours_are_written_as_people_write_them(harbor):
    client = harbor.client(harbor.admin)
    form = {
        "name": "Shop",
        "time_zone": "Europe/Madrid",
        "monday": "09:00-13:00, 15:00 – 20:00",
        "friday": "22:00-02:00",
    }
    assert client.post(url(OperatingHours, "add"), form).status_code == 302
    with harbor.scope():
        row = OperatingHours.objects.get()
    assert row.weekly == {"0": [["09:00", "13:00"], ["15:00", "20:00"]], "4": [["22:00", "02:00"]]}
    page = client.get(url(OperatingHours, "change", row.pk)).content.decode()
    assert "09:00-13:00, 15:00-20:00" in page


@pytest.mark.parametrize("text", ["9-5", "25:00-26:00", "09:00", "09:00-17:60", "always", "09:00-17:00;18:00-19:00"])
def test_hours_that_cannot_be_read_are_said_beside_the_day(harbor, text):
    response = harbor.client(harbor.admin).post(
        url(OperatingHours, "add"), {"name": "Shop", "time_zone": "UTC", "monday": text}
    )
    assert list(errors_of(response)) == ["monday"]
