"""The addresses of one chat page, by the names its templates and scripts use."""

from django.urls import reverse

NAMES = ("page", "start", "write", "read", "consent", "end")


def addresses_of(key: str) -> dict[str, str]:
    found = {name: address(name, key) for name in NAMES}
    return {**found, "new": f"{found['page']}?new", "socket": f"{found['page']}live/"}


def address(name: str, key: str) -> str:
    return reverse(f"chat-{name}", kwargs={"key": key})
