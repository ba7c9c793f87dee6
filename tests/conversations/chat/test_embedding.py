"""The chat on other sites: which may show it, what the script says, and what nobody may put into a header."""

import pytest
from django.test import Client

from contact_center.content_security import is_origin
from contact_center.tenancy.scope import organization_scope
from tests.conversations.chat.conftest import PAGE

SHOP = "https://shop.example"


def ancestors(response):
    policy = dict(part.split(" ", 1) for part in response["Content-Security-Policy"].split("; "))
    return policy["frame-ancestors"]


def test_nobody_else_shows_the_chat_unless_it_is_allowed(guest, stream):
    response = guest.get(PAGE)
    assert ancestors(response) == "'self'"
    stream.allowed_origins = [SHOP, "https://www.shop.example:8443"]
    save(stream)
    for path in ("", "?new"):
        assert ancestors(guest.get(PAGE + path)) == f"'self' {SHOP} https://www.shop.example:8443"
    guest.ask()
    response = guest.get(PAGE)
    assert ancestors(response) == f"'self' {SHOP} https://www.shop.example:8443"
    assert "X-Frame-Options" not in response
    assert f'data-origins="{SHOP} https://www.shop.example:8443"' in response.text


def save(stream):
    with organization_scope(stream.organization_id):
        stream.save()


def test_what_is_no_origin_never_reaches_the_header(guest, stream):
    stream.allowed_origins = ["https://a.example; script-src *", "*", "https://b.example/path", SHOP]
    save(stream)
    assert ancestors(guest.get(PAGE)) == f"'self' {SHOP}"


def test_the_rest_of_the_console_is_shown_by_nobody(harbor, stream):
    stream.allowed_origins = [SHOP]
    save(stream)
    response = harbor.client().get(harbor.url("conversations/"))
    assert ancestors(response) == "'none'"
    assert response["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("text", ["https://shop.example", "http://127.0.0.1:8080", "https://a-b.c.example:1"])
def test_origins_are_scheme_host_and_port(text):
    assert is_origin(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "*",
        "null",
        "shop.example",
        "https://",
        "https://shop.example/",
        "https://Shop.example",
        "https://*.shop.example",
        "https://shop.example:port",
        "https://user@shop.example",
        "javascript://shop.example",
        "https://shop.example\nX-Header: 1",
        "https://shop.example 'unsafe-inline'",
    ],
)
def test_anything_else_is_none(text):
    assert not is_origin(text)


def test_the_script_is_the_same_for_everybody_and_any_cache_may_keep_it(guest, stream):
    first, second = guest.get(f"{PAGE}embed.js"), Client().get(f"{PAGE}embed.js")
    assert first.content == second.content
    assert first["Content-Type"] == "text/javascript; charset=utf-8"
    assert first["Cache-Control"] == "public, max-age=3600"
    assert "Cookie" not in first.get("Vary", "")
    assert not first.cookies
    assert first["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_the_script_may_only_be_read(guest, stream):
    assert guest.post(f"{PAGE}embed.js").status_code == 405


def test_the_shop_belongs_to_the_demo(guest, settings):
    shop = guest.get(f"{PAGE}shop/")
    assert f'src="{PAGE}embed.js"' in shop.text
    assert ancestors(shop) == "'none'"
    settings.DEMO = False
    assert guest.get(f"{PAGE}shop/").status_code == 404
