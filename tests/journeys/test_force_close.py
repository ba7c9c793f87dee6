"""The main job: what comes in is seen, ended and accounted for, by one supervisor and before the eyes of another."""

import re

from playwright.sync_api import expect

from tests.journeys.steps import choose_reason, live, match_count, row, run_counts


def test_a_conversation_that_arrives_is_force_closed_and_followed_to_completed(team, sign_in):
    mine, theirs = sign_in(team.email("supervisor")), sign_in(team.email("second"))
    for page in (mine, theirs):
        expect(page.get_by_role("heading", level=1, name="All ongoing conversations")).to_be_visible()
        live(page)
    expect(mine.get_by_text("No ongoing conversations")).to_be_visible()

    arrived = team.arrives("Parcel never came")

    # Without a reload, in both browsers.
    expect(row(mine, "Parcel never came")).to_be_visible(timeout=3_000)
    expect(row(theirs, "Parcel never came")).to_be_visible(timeout=3_000)
    expect(mine.get_by_text("No ongoing conversations")).to_be_hidden()

    mine.get_by_role("checkbox", name=f"Select conversation {arrived['number']}").check()
    mine.get_by_role("button", name="Force Close").click()
    dialog = mine.get_by_role("dialog", name="Force close")
    expect(dialog).to_contain_text("Parcel never came")
    expect(dialog).to_contain_text("can’t be undone")
    choose_reason(dialog)
    dialog.get_by_role("button", name="Proceed").click()
    expect(dialog).to_be_hidden()

    expect(row(mine, "Parcel never came")).to_be_hidden()
    expect(row(theirs, "Parcel never came")).to_be_hidden(timeout=3_000)
    assert match_count(theirs) == "0"

    mine.get_by_role("link", name="Bulk action status").click()
    expect(mine.get_by_role("heading", level=1, name=f"Force Close: {arrived['number']}")).to_be_visible()
    expect(mine.get_by_text("Completed", exact=True)).to_be_visible()

    mine.get_by_role("link", name="Back to Action History").click()
    entry = row(mine, f"Force Close: {arrived['number']}")
    expect(entry).to_contain_text("Force Close")
    expect(entry).to_contain_text("Supervisor")
    expect(entry).to_contain_text("Completed")


def test_all_that_match_are_closed_across_pages_and_the_preview_says_so_beforehand(team, sign_in):
    team.conversations(30, subject="Outage north")
    team.conversations(20, status="active", subject="Outage south", representative="Ana Ruiz")
    team.conversations(10, subject="Invoice")
    team.conversations(2, subject="Outage paperwork", channel="record")
    mine, theirs = sign_in(team.email("supervisor")), sign_in(team.email("second"))
    for page in (mine, theirs):
        page.goto(team.path("conversations/?size=25&q=outage"))
        live(page)
    assert match_count(mine) == "52"

    mine.get_by_role("button", name="Select page").click()
    expect(mine.get_by_text("25 selected", exact=True)).to_be_visible()
    mine.get_by_role("button", name="Select all 52 that match").click()
    expect(mine.get_by_text("All 52 selected")).to_be_visible()

    mine.get_by_role("button", name="Force Close").click()
    dialog = mine.get_by_role("dialog", name="Force close")
    expect(dialog).to_contain_text("50 will be closed")
    expect(dialog).to_contain_text("2 won’t")
    choose_reason(dialog)
    dialog.get_by_role("button", name="Proceed with 50").click()
    mine.get_by_role("link", name="Bulk action status").click()

    expect(mine.get_by_text("Completed", exact=True)).to_be_visible(timeout=20_000)
    assert run_counts(mine) == {"Succeeded": "50", "Skipped": "2", "Failed": "0", "Pending": "0", "Total": "52"}

    # The other supervisor's list has only what nobody may close, and the unmatched are untouched.
    expect(theirs.get_by_role("row", name=re.compile("Outage (north|south)"))).to_have_count(0)
    expect(theirs.get_by_role("row", name=re.compile("Outage paperwork"))).to_have_count(2)
    assert match_count(theirs) == "2"
    theirs.goto(team.path("conversations/?q=invoice"))
    assert match_count(theirs) == "10"


def test_what_changed_meanwhile_is_named_instead_of_closed(team, sign_in):
    arrived = team.arrives("Wrong invoice")
    page = sign_in(team.email("supervisor"))
    live(page)
    page.get_by_role("checkbox", name=f"Select conversation {arrived['number']}").check()
    page.get_by_role("button", name="Force Close").click()
    dialog = page.get_by_role("dialog", name="Force close")
    choose_reason(dialog)

    # The customer leaves before anybody accepted, which closes it.
    team.ends(arrived["id"])
    dialog.get_by_role("button", name="Proceed").click()

    expect(page.get_by_text(re.compile("now Closed", re.IGNORECASE)).first).to_be_visible()


def test_a_conversation_is_force_closed_from_its_own_page(team, sign_in):
    team.arrives("Broken lamp")
    page = sign_in(team.email("supervisor"))
    page.get_by_role("link", name="Broken lamp").click()
    expect(page.get_by_role("heading", level=1, name="Broken lamp")).to_be_visible()
    page.get_by_role("button", name="Force Close").click()
    dialog = page.get_by_role("dialog", name="Force close")
    choose_reason(dialog)
    dialog.get_by_role("button", name="Proceed").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("main")).to_contain_text("Closed")
    # Live: the command is off now, and says why.
    expect(page.get_by_role("button", name="Force Close")).to_have_attribute("aria-disabled", "true")
