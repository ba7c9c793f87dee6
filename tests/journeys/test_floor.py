"""The floor: a person's work goes back, several people are sent away at once, a queue closes beside a chat."""

from playwright.sync_api import expect

from tests.journeys.axe import violations
from tests.journeys.steps import PHONE, live, row
from tests.journeys.test_chat import ask


def test_a_persons_work_goes_back_to_its_queues(team, sign_in):
    team.conversations(3, status="active", subject="Parcel", representative="Ana Ruiz")
    desk = sign_in(team.email("agent"))
    live(desk)
    page = sign_in(team.email("supervisor"), team.path("representatives/"))
    live(page)
    page.get_by_role("link", name="Ana Ruiz", exact=True).click()
    live(page)
    expect(page.get_by_role("row", name="Parcel")).to_have_count(3)
    assert violations(page) == []
    page.get_by_role("button", name="Return to queues").click()
    dialog = page.get_by_role("dialog", name="Return 3 conversations")
    expect(dialog).to_contain_text("3 will be returned to their queues.")
    expect(dialog).to_contain_text("Ana Ruiz is Available and may be offered them again")
    assert violations(page) == []
    dialog.get_by_role("button", name="Return").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("row", name="Parcel")).to_have_count(0)
    expect(page.get_by_text("Holds no conversation")).to_be_visible()
    expect(desk.get_by_role("button", name="Pick")).to_have_count(3)
    page.get_by_role("link", name="Bulk action status").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Return to queue: 3 conversations of Ana Ruiz")
    expect(page.get_by_text("Completed", exact=True)).to_be_visible()


def test_a_persons_work_is_given_to_a_colleague_who_accepts(team, sign_in):
    team.seeder("colleague", slug=team.slug, name="Ben Osei")
    team.conversations(2, status="active", subject="Parcel", representative="Ana Ruiz")
    colleague = sign_in(team.email("ben"))
    live(colleague)
    page = sign_in(team.email("supervisor"), team.path("representatives/"))
    page.get_by_role("link", name="Ana Ruiz", exact=True).click()
    live(page)
    page.get_by_role("button", name="Give to a colleague").click()
    dialog = page.get_by_role("dialog", name="Give 2 conversations to a colleague")
    dialog.get_by_role("radio", name="Ben Osei").check()
    expect(dialog.get_by_text("Ben Osei is offered 2 conversations, 60 units, on top of 0.")).to_be_visible()
    assert violations(page) == []
    dialog.get_by_role("button", name="Give 2").click()
    expect(row(page, "Parcel 1")).to_contain_text("transfer pending")
    for _ in range(2):
        colleague.get_by_role("button", name="Accept").first.click()
    expect(page.get_by_text("Holds no conversation")).to_be_visible()
    page.get_by_role("link", name="Bulk action status").click()
    expect(page.get_by_text("2 conversations offered to the colleague.")).to_be_visible()


def test_several_are_sent_away_at_once_and_read_who_did_it(team, sign_in):
    team.seeder("representatives", slug=team.slug, people=[{"name": "Ben Osei"}, {"name": "Chloé Martin"}])
    desk = sign_in(team.email("agent"))
    live(desk)
    page = sign_in(team.email("supervisor"), team.path("representatives/"))
    live(page)
    keys = page.keyboard
    for key in ("j", "x", "j", "x"):
        keys.press(key)
    expect(page.get_by_text("2 selected")).to_be_visible()
    keys.press("p")
    dialog = page.get_by_role("dialog", name="Set the presence of 2 representatives")
    dialog.get_by_role("radio", name="Away").check()
    assert violations(page) == []
    dialog.get_by_role("button", name="Set presence").click()
    expect(row(page, "Ana Ruiz")).to_contain_text("Away")
    expect(row(page, "Ana Ruiz")).to_contain_text("set by")
    expect(row(page, "Ben Osei")).to_contain_text("Away")
    expect(row(page, "Chloé Martin")).to_contain_text("Available")
    expect(desk.get_by_label("Presence", exact=True)).to_have_value("away")
    expect(desk.get_by_role("region", name="Presence and capacity")).to_contain_text("Set by")
    assert violations(page) == []


def test_a_queue_closes_and_opens_again_beside_its_customers_chat(team, sign_in, watched):
    customer = watched().new_page()
    ask(customer, team, "I was here before")
    page = sign_in(team.email("supervisor"), team.path("queues/"))
    live(page)
    page.get_by_role("link", name="Orders", exact=True).click()
    live(page)
    expect(row(page, "I was here before")).to_be_visible()
    page.get_by_role("button", name="Set customer message").click()
    dialog = page.get_by_role("dialog", name="Customer message of Orders")
    dialog.get_by_label("Message").fill("We moved house. Back tomorrow.")
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("We moved house. Back tomorrow.")).to_be_visible()
    page.get_by_role("button", name="Close queue").click()
    dialog = page.get_by_role("dialog", name="Close Orders")
    expect(dialog).to_contain_text("We moved house. Back tomorrow.")
    assert violations(page) == []
    dialog.get_by_role("button", name="Close queue").click()
    expect(page.get_by_role("button", name="Reopen queue")).to_be_visible()
    expect(page.get_by_text("until it is reopened")).to_be_visible()

    # Who is in line stays there; who comes now is told.
    expect(customer.get_by_text("You are next in line.")).to_be_visible()
    newcomer = watched().new_page()
    newcomer.goto(f"/chat/chat-of-{team.slug}/")
    expect(newcomer.get_by_text("We moved house. Back tomorrow.")).to_be_visible()

    page.get_by_role("button", name="Reopen queue").click()
    page.get_by_role("dialog", name="Reopen Orders").get_by_role("button", name="Reopen").click()
    expect(page.get_by_role("button", name="Close queue")).to_be_visible()
    assert violations(page) == []
    ask(newcomer, team, "Are you open again?")
    expect(row(page, "Are you open again?")).to_be_visible()
    page.goto(team.path("action-history/"))
    for title in ("Close queue Orders", "Reopen queue Orders", "Set customer message of queue Orders"):
        expect(page.get_by_role("link", name=title, exact=True)).to_be_visible()


def test_on_a_phone_the_pages_of_the_floor_fit(team, sign_in):
    team.conversations(2, subject="Parcel")
    page = sign_in(team.email("supervisor"), **PHONE)
    for path, link in (("representatives/", "Ana Ruiz"), ("queues/", "Orders")):
        page.goto(team.path(path))
        live(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.get_by_role("link", name=link, exact=True).click()
        live(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert violations(page) == []
