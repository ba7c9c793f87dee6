"""Writing to customers: counted while it is typed, seen as it will be read, sent once, and followed to its delivery."""

import re

from playwright.sync_api import expect

from tests.journeys.steps import live, row


def test_a_supervisor_writes_to_a_customer_and_follows_the_delivery(team, sign_in):
    arrived = team.arrives("Parcel never came")
    mine = sign_in(team.email("supervisor"))
    live(mine)
    mine.get_by_role("checkbox", name=f"Select conversation {arrived['number']}").check()
    mine.get_by_role("button", name="Message Customer").click()
    dialog = mine.get_by_role("dialog", name="Message Customer")
    expect(dialog).to_contain_text("will get this message about “Parcel never came”.")

    # Beyond the limit: said at once, and refused by the server with what was typed kept.
    message = dialog.get_by_label("Message", exact=True)
    message.fill("x" * 1_001)
    expect(dialog.get_by_text("1,001 / 1,000")).to_be_visible()
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_contain_text("Keep it to 1,000 characters; it has 1,001.")
    expect(message).to_have_value("x" * 1_001)

    message.fill("About ")
    dialog.get_by_role("button", name="{subject}").click()
    mine.keyboard.type(": it is on its way.")
    expect(message).to_have_value("About {subject}: it is on its way.")
    expect(dialog.get_by_role("region", name=re.compile("will read it"))).to_contain_text(
        "About Parcel never came: it is on its way."
    )
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_be_hidden()

    mine.get_by_role("link", name="Bulk action status").click()
    expect(mine.get_by_text("Completed", exact=True)).to_be_visible()
    # Without a reload, once the delivery worker was there.
    expect(row(mine, "Parcel never came")).to_contain_text("Sent", timeout=20_000)
    mine.get_by_role("link", name="Parcel never came").click()
    expect(mine.get_by_text("Message to the customer · chat page and API")).to_be_visible()
