"""A representative in two tabs, with a colleague, and with a line that breaks: one desk, and nothing is lost."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.steps import live


def region(page: Page, name: str):
    return page.get_by_role("region", name=name)


def mine(page: Page, subject: str):
    return region(page, "My conversations").get_by_role("link", name=re.compile(subject))


def open_mine(page: Page, subject: str) -> None:
    mine(page, subject).click()
    expect(page.get_by_role("heading", level=2, name=subject)).to_be_visible()
    live(page)


def second_tab(page: Page) -> Page:
    tab = page.context.new_page()
    tab.goto(page.url)
    live(tab)
    return tab


def heard(page: Page) -> list[str]:
    """The tones that the page played since it was asked the first time."""
    return page.evaluate(
        "() => { if (!window.tones) { window.tones = [];"
        " document.addEventListener('desk:tone', (event) => window.tones.push(event.detail)); } return window.tones }"
    )


def test_unread_marks_agree_in_both_tabs_and_go_once_somebody_has_looked(team, sign_in):
    row = team.arrives("Wrong colour")["id"]
    team.answers(row)
    page = sign_in(team.email("agent"))
    live(page)
    tab = second_tab(page)
    assert heard(page) == heard(tab) == []
    team.writes(row, "Are you still there?")
    for each in (page, tab):
        expect(mine(each, "Wrong colour")).to_contain_text("1 unread")
        expect(each).to_have_title(re.compile(r"^\(1\) Desk"))
    assert sorted(heard(page) + heard(tab)) == ["message"], "one of the tabs tells"
    open_mine(tab, "Wrong colour")
    expect(region(tab, "Messages")).to_contain_text("Are you still there?")
    for each in (page, tab):
        expect(mine(each, "Wrong colour")).not_to_contain_text("unread")
        expect(each).to_have_title(re.compile(r"^Desk"))


def test_tones_are_the_persons_choice_in_every_tab(team, sign_in):
    [row] = team.conversations(1, subject="Broken lamp")
    page = sign_in(team.email("agent"))
    live(page)
    tab = second_tab(page)
    page.get_by_role("button", name="Sounds and notices").click()
    dialog = page.get_by_role("dialog", name="Sounds and notices")
    with page.expect_response(re.compile("/desk/alerts/")):
        dialog.get_by_role("group", name="Offers").get_by_role("switch", name="A short tone").uncheck()
    dialog.get_by_role("button", name="Done").click()
    expect(tab.locator("#desk-status[data-sound-offers=off]")).to_be_attached()
    heard(page), heard(tab)
    team.seeder("offer", slug=team.slug, conversation=row)
    for each in (page, tab):
        expect(region(each, "Offers")).to_contain_text("Broken lamp")
        assert heard(each) == []


def test_handed_to_a_colleague_the_first_stays_as_a_consultant(team, sign_in):
    team.conversations(1, subject="Wrong colour", status="active", representative="Ana Ruiz")
    team.seeder("colleague", slug=team.slug, name="Ben Osei")
    ana, ben = sign_in(team.email("agent")), sign_in(team.email("ben"))
    live(ben)
    live(ana)
    open_mine(ana, "Wrong colour")
    ana.keyboard.press("t")
    dialog = ana.get_by_role("dialog", name="Transfer work item")
    dialog.get_by_role("radio", name=re.compile("Ben Osei")).check()
    dialog.get_by_role("button", name="Transfer", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(ana.get_by_text("Offered to Ben Osei. It stays with you until they accept.").first).to_be_visible()
    expect(ana.get_by_role("button", name="Transfer", exact=True)).to_be_hidden()

    expect(region(ben, "Offers")).to_contain_text("Transfer from Ana Ruiz")
    region(ben, "Offers").get_by_role("button", name="Accept").click()
    expect(ben.get_by_text("Ana Ruiz is a consultant")).to_be_visible()
    expect(ana.get_by_text("Ben Osei holds it")).to_be_visible()
    expect(ana.get_by_role("radio", name="Reply", exact=True)).to_be_disabled()
    ana.get_by_role("textbox", name="Message").fill("Look at the second order.")
    ana.keyboard.press("Enter")
    expect(region(ben, "Messages")).to_contain_text("Look at the second order.")
    ana.get_by_role("button", name="Leave", exact=True).click()
    expect(ana.get_by_text("No conversation chosen")).to_be_visible()
    expect(ben.get_by_text("Ana Ruiz is a consultant")).to_be_hidden()


def test_a_raised_hand_stands_in_both_tabs(team, sign_in):
    team.conversations(1, subject="Wrong colour", status="active", representative="Ana Ruiz")
    page = sign_in(team.email("agent"))
    live(page)
    open_mine(page, "Wrong colour")
    tab = second_tab(page)
    page.get_by_role("button", name="Raise hand").click()
    dialog = page.get_by_role("dialog", name="Raise hand")
    dialog.get_by_label("What do you need?").fill("May I refund this?")
    dialog.get_by_role("button", name="Raise hand").click()
    expect(dialog).to_be_hidden()
    for each in (page, tab):
        expect(each.get_by_text("Your hand is raised: May I refund this?")).to_be_visible()
        expect(each.get_by_role("button", name="Raise hand")).to_be_hidden()
    tab.get_by_role("button", name="Lower hand").click()
    expect(page.get_by_text("Your hand is raised")).to_be_hidden()


def test_a_reply_lost_on_the_way_stays_written_and_is_stored_once(team, sign_in):
    team.conversations(1, subject="Slow answer", status="active", representative="Ana Ruiz")
    page = sign_in(team.email("agent"))
    live(page)
    open_mine(page, "Slow answer")
    box = page.get_by_role("textbox", name="Message")
    # It arrives, but its answer gets lost.
    page.route("**/reply/", lambda route: (route.fetch(), route.abort()))
    box.fill("It is on its way.")
    page.keyboard.press("Enter")
    expect(region(page, "Notices")).to_contain_text("The server can’t be reached.")
    expect(box).to_have_value("It is on its way.")
    page.unroute("**/reply/")
    page.reload()
    live(page)
    expect(box).to_have_value("It is on its way.")
    page.get_by_role("button", name="Send").click()
    expect(box).to_have_value("")
    expect(region(page, "Messages").get_by_text("It is on its way.")).to_have_count(1)


def test_a_tab_without_a_line_is_told_what_is_now_and_keeps_what_was_written(team, sign_in):
    [row] = team.conversations(1, subject="Wrong colour", status="active", representative="Ana Ruiz")
    page = sign_in(team.email("agent"))
    live(page)
    stale = page.context.new_page()
    stale.route_web_socket("**", lambda socket: None)  # open, and silent
    stale.goto(page.url + f"?c={row}")
    open_mine(page, "Wrong colour")
    page.get_by_role("button", name="End", exact=True).click()
    expect(page.get_by_role("button", name="Wrap-up done")).to_be_visible()
    box = stale.get_by_role("textbox", name="Message")
    box.fill("One more thing")
    stale.keyboard.press("Enter")
    expect(region(stale, "Notices")).to_contain_text("It has changed: it is now Wrap-up")
    expect(stale.get_by_role("button", name="Wrap-up done")).to_be_visible()
    stale.get_by_role("button", name="Wrap-up done").click()
    expect(stale.get_by_text("No conversation chosen")).to_be_visible()
    expect(page.get_by_text("This conversation isn’t with you")).to_be_visible()


def test_by_keyboard_alone(team, sign_in):
    team.conversations(2, subject="Slow answer", status="active", representative="Ana Ruiz")
    page = sign_in(team.email("agent"))
    live(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"\?c=\d+$"))
    live(page)
    page.keyboard.press("r")
    page.keyboard.type("On its way")
    page.keyboard.press("Enter")
    expect(region(page, "Messages")).to_contain_text("On its way")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.get_by_role("radio", name="Internal note")).to_be_checked()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keyboard")
    expect(sheet).to_contain_text("Write a reply; Enter sends")
    expect(sheet).to_contain_text("Transfer the conversation")
