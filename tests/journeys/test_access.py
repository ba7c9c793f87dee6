"""Everybody is led to what is theirs, and a foreign place looks like none."""

from playwright.sync_api import expect

from tests.journeys.steps import live, row


def test_a_scoped_supervisor_sees_their_own_queue_only(team, sign_in_by_hand):
    team.conversations(1, subject="Order question", queue="Orders")
    team.conversations(1, subject="Refund question", queue="Refunds")
    page = sign_in_by_hand(team.email("scoped"))
    live(page)
    expect(row(page, "Refund question")).to_be_visible()
    expect(row(page, "Order question")).to_be_hidden()
    # What arrives in Orders stays unseen, in Refunds it is seen.
    team.arrives("New order question")
    team.conversations(1, subject="Newer refund question", queue="Refunds", minutes_ago=0)
    page.reload()
    expect(row(page, "Newer refund question")).to_be_visible()
    expect(row(page, "New order question")).to_be_hidden()


def test_an_auditor_reads_action_history_and_has_no_list(team, sign_in_by_hand):
    page = sign_in_by_hand(team.email("auditor"))
    expect(page.get_by_role("heading", level=1, name="Action History")).to_be_visible()
    expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="All ongoing")).to_have_count(0)
    answer = page.goto(team.path("conversations/"))
    assert answer.status == 403


def test_an_outsider_finds_nothing_at_a_foreign_address(team, sign_in_by_hand, seeder):
    email = f"outsider-of-{team.slug}@example.org"
    seeder("outsider", email=email)
    page = sign_in_by_hand(email)
    expect(page.get_by_role("heading", name="No organization yet")).to_be_visible()
    answer = page.goto(team.path("conversations/"))
    assert answer.status == 404
    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()


def test_a_person_of_two_organizations_switches_between_them(make_team, sign_in_by_hand, seeder):
    bakery, florist = make_team("bakery"), make_team("florist")
    bakery.conversations(1, subject="Stale bread")
    florist.conversations(1, subject="Wilted roses")
    seeder("joint", email="both@example.org", slugs=["bakery", "florist"])
    page = sign_in_by_hand("both@example.org")
    live(page)
    expect(row(page, "Stale bread")).to_be_visible()
    page.get_by_label("Organization Bakery, switch").click()
    page.get_by_role("link", name="Florist").click()
    live(page)
    expect(row(page, "Wilted roses")).to_be_visible()
    expect(row(page, "Stale bread")).to_be_hidden()
    # The next visit begins where the last one ended.
    page.goto("/")
    expect(row(page, "Wilted roses")).to_be_visible()
