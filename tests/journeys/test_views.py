"""Views: choosing one, making one's own, sharing it, and what others see when it changes; columns and their order."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.steps import filter_by, live, row


def choose_view(page: Page, name: str) -> None:
    open_selector(page)
    # "Waiting", not "Waiting past the limit".
    page.get_by_role("link", name=re.compile(f"^{re.escape(name)}(?! past)")).click()
    expect(selector(page)).to_have_text(re.compile(name))


def selector(page: Page):
    return page.get_by_label(re.compile("^View: "))


def open_selector(page: Page) -> None:
    selector(page).click()
    expect(page.get_by_role("link", name=re.compile("^Longest wait"))).to_be_visible()


def test_a_view_is_saved_shared_and_changes_for_whoever_looks_at_it(team, sign_in):
    team.conversations(2, status="waiting", channel="sms", subject="Gift card")
    team.conversations(3, subject="Late parcel")
    page = sign_in(team.email("supervisor"))

    choose_view(page, "Waiting")
    expect(page.get_by_title("Conversations that match")).to_have_text("2")
    filter_by(page, "Channel", "SMS")
    expect(page.get_by_text("edited", exact=True)).to_be_visible()
    page.get_by_role("button", name="Save view").click()
    dialog = page.get_by_role("dialog", name="Save view")
    dialog.get_by_label("Name of the new view").fill("Texts that wait")
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(selector(page)).to_have_text(re.compile("Texts that wait"))
    expect(page).to_have_url(re.compile(r"\?view=\d+$"))

    open_selector(page)
    page.get_by_role("button", name="Share").click()
    dialog = page.get_by_role("dialog", name="Share “Texts that wait”")
    dialog.get_by_label("Every supervisor", exact=True).check()
    dialog.get_by_role("button", name="Share", exact=True).click()
    expect(page.get_by_text("is shared as you chose")).to_be_visible()

    other = sign_in(team.email("second"))
    choose_view(other, "Texts that wait")
    live(other)
    expect(row(other, "Late parcel")).to_have_count(0)

    # The owner makes something else of it, and the other sees it happen.
    page.get_by_role("link", name="Remove filter Status Waiting").click()
    expect(page.get_by_role("link", name="Remove filter Status Waiting")).to_have_count(0)
    page.get_by_role("link", name="Remove filter Channel SMS").click()
    expect(page.get_by_title("Conversations that match")).to_have_text("5")
    filter_by(page, "Status", "Open")
    expect(page.get_by_title("Conversations that match")).to_have_text("3")
    page.get_by_role("button", name="Save view").click()
    dialog = page.get_by_role("dialog", name="Save view")
    if dialog.get_by_label(re.compile("^Change")).count():
        dialog.get_by_label(re.compile("^Change")).check()
    else:
        dialog.get_by_label("Name of the new view").fill("Texts that wait")
        dialog.get_by_role("button", name="Save", exact=True).click()
        dialog.get_by_label("Replace the view of this name").check()
    dialog.get_by_role("button", name="Save", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(row(other, "Late parcel").first).to_be_visible()

    open_selector(page)
    page.get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog", name="Delete “Texts that wait”")
    expect(dialog.get_by_text("Every supervisor")).to_be_visible()
    dialog.get_by_role("button", name="Delete").click()
    expect(other.get_by_text("isn’t shared with you any more")).to_be_visible()


def test_counts_in_the_selector_follow_the_floor(team, sign_in):
    team.conversations(1, subject="Late parcel")
    page = sign_in(team.email("supervisor"))
    open_selector(page)
    expect(page.get_by_role("link", name="Messaging 1")).to_be_visible()
    team.arrives("Gift card")
    expect(page.get_by_role("link", name="Messaging 2")).to_be_visible()


def test_columns_are_chosen_ordered_and_widened_without_a_mouse(team, sign_in):
    team.conversations(2, subject="Late parcel")
    page = sign_in(team.email("supervisor"))
    live(page)
    headings = page.get_by_role("table").get_by_role("columnheader")
    page.get_by_text("Columns", exact=True).click()
    page.get_by_role("checkbox", name="Sentiment", exact=True).uncheck()
    page.get_by_role("checkbox", name="Priority", exact=True).check()
    page.get_by_role("button", name="Move Customer to the left").press("Enter")
    page.get_by_role("button", name="Apply").last.click()
    expect(headings.filter(has_text="Priority")).to_be_visible()
    expect(headings.filter(has_text="Sentiment")).to_have_count(0)
    expect(headings.nth(1)).to_have_text("Customer")

    before = headings.nth(1).bounding_box()["width"]
    headings.nth(1).get_by_role("link").focus()
    page.keyboard.press("Alt+ArrowRight")
    expect(page).to_have_url(re.compile("customer%3A"))
    assert headings.nth(1).bounding_box()["width"] > before


def test_shift_sorts_by_a_second_column(team, sign_in):
    team.conversations(2, subject="Late parcel")
    page = sign_in(team.email("supervisor"))
    live(page)
    page.get_by_role("link", name="Status", exact=True).click()
    expect(page).to_have_url(re.compile("sort=status"))
    page.get_by_role("link", name="Queue", exact=True).click(modifiers=["Shift"])
    expect(page).to_have_url(re.compile("sort=status%2Cqueue"))
