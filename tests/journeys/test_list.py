"""Finding one's way in the list: filter, search, order, pages, and an address that carries all of it."""

import re

from playwright.sync_api import expect

from tests.journeys.steps import filter_by, live, match_count, row, subjects


def test_filters_are_chips_that_can_be_removed_and_the_address_carries_them(team, sign_in):
    team.conversations(3, subject="Late parcel")
    team.conversations(2, status="active", subject="Refund of shoes", queue="Refunds")
    team.conversations(1, status="waiting", subject="Gift card")
    page = sign_in(team.email("supervisor"))
    expect(page.get_by_text("Status is not Closed")).to_be_visible()

    filter_by(page, "Status", "Active", "Waiting")
    expect(page.get_by_title("Conversations that match")).to_have_text("3")
    filter_by(page, "Queue", "Refunds")
    expect(page.get_by_title("Conversations that match")).to_have_text("2")
    expect(row(page, "Gift card")).to_be_hidden()

    # Somebody else who follows the link sees the same.
    link = page.url
    assert "status=active" in link
    other = sign_in(team.email("second"), link)
    expect(other.get_by_text("Queue Refunds")).to_be_visible()
    assert match_count(other) == "2"

    page.get_by_role("link", name="Remove filter Queue Refunds").click()
    expect(page.get_by_title("Conversations that match")).to_have_text("3")
    page.go_back()
    expect(page.get_by_title("Conversations that match")).to_have_text("2")


def test_the_search_narrows_as_one_types_and_says_when_nothing_matches(team, sign_in):
    team.conversations(2, subject="Late parcel", customer="Amara Okafor")
    team.conversations(1, subject="Gift card", customer="Jonas Lind")
    page = sign_in(team.email("supervisor"))
    search = page.get_by_role("searchbox", name="Search conversations")

    search.press_sequentially("lind", delay=20)
    expect(page.get_by_title("Conversations that match")).to_have_text("1")
    expect(row(page, "Gift card")).to_be_visible()
    expect(search).to_be_focused()

    search.fill("zeppelin")
    expect(page.get_by_role("heading", name="No conversation matches")).to_be_visible()
    page.get_by_role("link", name="Show all ongoing conversations").click()
    expect(page.get_by_title("Conversations that match")).to_have_text("3")
    expect(search).to_have_value("")


def test_a_senseless_value_is_named_and_matches_nothing(team, sign_in):
    team.conversations(2)
    page = sign_in(team.email("supervisor"), team.path("conversations/?status=asleep&queue=999999"))
    expect(page.get_by_text("“asleep” isn’t a value of the filter Status")).to_be_visible()
    assert match_count(page) == "0"


def test_pages_and_orders_lead_through_everything_once(team, sign_in):
    team.conversations(60, subject="Parcel")
    page = sign_in(team.email("supervisor"), team.path("conversations/?size=25"))
    live(page)
    first = subjects(page)
    assert first[0] == "Parcel 60"
    seen = list(first)
    for expected in ("Parcel 35", "Parcel 10"):
        page.get_by_role("link", name="Next page").click()
        expect(row(page, expected).first).to_be_visible()
        seen += subjects(page)
    assert seen == [f"Parcel {number}" for number in range(60, 0, -1)]
    page.get_by_role("link", name="Previous page").click()
    expect(row(page, "Parcel 35").first).to_be_visible()

    page.get_by_role("columnheader", name="Created").get_by_role("link").click()
    expect(page.get_by_role("columnheader", name="Created")).to_have_attribute("aria-sort", "ascending")
    expect(row(page, "Parcel 1").first).to_be_visible()
    assert subjects(page)[:3] == ["Parcel 1", "Parcel 2", "Parcel 3"]

    page.get_by_label("Rows per page").select_option(label="100")
    expect(row(page, "Parcel 60")).to_be_visible()
    assert len(subjects(page)) == 60
    assert "sort=created" in page.url
    assert re.search(r"size=100", page.url)


def test_the_search_looks_into_messages_by_choice_live_and_follows_the_view(team, sign_in):
    team.arrives("Parcel 1")
    spoken = team.arrives("Parcel 2")["id"]
    page = sign_in(team.email("supervisor"))
    live(page)
    search, also = page.get_by_role("searchbox"), page.get_by_role("checkbox", name="In messages")
    search.fill("zeppelin")
    also.check()
    expect(page).to_have_url(re.compile("messages=1"))
    expect(page.get_by_role("heading", name="No conversation matches")).to_be_visible()
    live(page)
    team.writes(spoken, "My zeppelin has not landed")
    expect(row(page, "Parcel 2")).to_be_visible()

    page.get_by_role("link", name="Remove filter Search also in messages").click()
    expect(also).not_to_be_checked()
    expect(row(page, "Parcel 2")).to_be_hidden()
    expect(search).to_have_value("zeppelin")
    page.locator("[data-view-menu] summary").click()
    page.get_by_role("link", name="Messaging").click()
    expect(row(page, "Parcel 2")).to_be_visible()
    expect(search).to_have_value("")


def test_compact_rows_are_chosen_beside_the_columns_and_kept(team, sign_in):
    team.conversations(1, subject="Parcel")
    page = sign_in(team.email("supervisor"))
    line = row(page, "Parcel")
    assert line.bounding_box()["height"] == 40
    page.get_by_text("Columns", exact=True).click()
    with page.expect_response("**/preferences/"):
        page.get_by_role("button", name="Compact").click()
    expect(page.get_by_role("button", name="Compact")).to_have_attribute("aria-pressed", "true")
    page.reload()
    assert line.bounding_box()["height"] == 32
