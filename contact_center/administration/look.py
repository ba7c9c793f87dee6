"""How Django admin looks: names, colours and what its frame offers."""

from typing import Any

from django.templatetags.static import static

# The accent of static/css/tokens.css, as the scale the theme asks for.
ACCENT = {
    "50": "oklch(97% .014 254.604)",
    "100": "oklch(93.2% .032 255.585)",
    "200": "oklch(88.2% .059 254.128)",
    "300": "oklch(80.9% .105 251.813)",
    "400": "oklch(70.7% .165 254.624)",
    "500": "#3b74f2",
    "600": "#1f4fc4",
    "700": "#183f9f",
    "800": "oklch(42.4% .199 265.638)",
    "900": "oklch(37.9% .146 265.522)",
    "950": "oklch(28.2% .091 267.935)",
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "contact_center.administration.look.organization_name",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("img/favicon.svg")}],
    "SITE_HEADER": "contact_center.administration.look.organization_name",
    "SITE_SYMBOL": "headset_mic",
    "SITE_URL": "/",
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    "COLORS": {"primary": ACCENT},
    # Its results are cached per person, not per organization: it may find pages, never rows.
    "COMMAND": {"search_models": False, "show_history": False},
    "ACCOUNT": {
        "navigation": [
            {"title": "Two-factor sign-in", "link": "/accounts/2fa/"},
            {"title": "Change password", "link": "/accounts/password/change/"},
        ]
    },
}


def organization_name(request: Any) -> str:
    """Whoever belongs to several organizations must see at a glance which one this is."""
    organization = getattr(request, "organization", None)
    return organization.name if organization else "Administration"
