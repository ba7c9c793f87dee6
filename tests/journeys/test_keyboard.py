"""The list without a mouse."""

from playwright.sync_api import expect

from tests.journeys.steps import live, row


def test_the_list_is_moved_through_selected_acted_on_and_searched_by_keys(team, sign_in):
    team.conversations(3, subject="Parcel")
    page = sign_in(team.email("supervisor"))
    live(page)
    keys = page.keyboard

    keys.press("j")
    expect(row(page, "Parcel 3")).to_be_focused()
    keys.press("j")
    keys.press("j")
    expect(row(page, "Parcel 1")).to_be_focused()
    keys.press("k")
    expect(row(page, "Parcel 2")).to_be_focused()

    keys.press("x")
    expect(page.get_by_text("1 selected", exact=True)).to_be_visible()
    keys.press("Escape")
    expect(page.get_by_text("1 selected", exact=True)).to_be_hidden()

    # Without a selection the command is about the focused row.
    keys.press("e")
    dialog = page.get_by_role("dialog", name="Force close")
    expect(dialog).to_contain_text("Parcel 2")
    keys.press("Escape")
    expect(dialog).to_be_hidden()
    expect(row(page, "Parcel 2")).to_be_focused()

    keys.press("x")
    keys.press("e")
    expect(dialog.get_by_label("Reason")).to_be_focused()
    keys.press("ArrowDown")
    keys.press("Tab")
    keys.type("By hand")
    expect(dialog.get_by_label("Note")).to_have_value("By hand")
    keys.press("Enter")
    expect(page.locator("#notices").get_by_text("force closed")).to_be_visible()
    expect(row(page, "Parcel 2")).to_be_hidden()

    keys.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard")
    expect(sheet).to_contain_text("Force Close")
    keys.press("Escape")
    expect(sheet).to_be_hidden()

    keys.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    keys.type("Parcel 3")
    expect(page.get_by_title("Conversations that match")).to_have_text("1")
    keys.press("Escape")
    keys.press("j")
    expect(row(page, "Parcel 3")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Parcel 3")).to_be_visible()


def test_a_command_that_cannot_be_used_says_why_when_it_is_reached(team, sign_in):
    team.conversations(1)
    page = sign_in(team.email("supervisor"))
    live(page)
    command = page.get_by_role("button", name="Force Close")
    expect(command).to_have_attribute("aria-disabled", "true")
    command.focus()
    expect(command).to_be_focused()
    expect(command).to_have_accessible_description("Select one or more conversations first.")
    expect(page.get_by_text("Select one or more conversations").filter(visible=True)).to_have_count(1)
