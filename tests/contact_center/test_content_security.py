"""The policy is strict on every page; only the admin's theme gets what it can't do without."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from contact_center.content_security import ContentSecurityMiddleware


def policy(path):
    response = ContentSecurityMiddleware(lambda request: HttpResponse())(RequestFactory().get(path))
    return dict(part.split(" ", 1) for part in response["Content-Security-Policy"].split("; "))


@pytest.mark.parametrize("path", ["/", "/o/harbor/conversations/", "/accounts/login/", "/o/admin/", "/administer/"])
def test_pages_run_no_inline_code(path):
    found = policy(path)
    assert found["default-src"] == "'none'"
    assert found["script-src"] == "'self'"
    assert found["style-src"] == "'self'"
    assert found["frame-ancestors"] == "'none'"


def test_the_admin_gets_what_its_theme_needs_and_no_foreign_source():
    found = policy("/admin/tenancy/")
    assert found["script-src"] == "'self' 'unsafe-eval' 'unsafe-inline'"
    assert found["style-src"] == "'self' 'unsafe-inline'"
    assert found["default-src"] == "'none'"
    assert not any("http" in sources for sources in found.values())
