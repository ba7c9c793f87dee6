"""Where the console may send something: never into the private network it stands in."""

import ipaddress
import socket
from urllib.parse import urlsplit

from django.conf import settings

from contact_center.errors import Invalid

NOT_PUBLIC = "This address isn't on the public internet; the console delivers nothing to private networks."
UNKNOWN_NAME = "The address could not be found."
UNREADABLE = "Enter an address that begins with https:// or http://."
# Names that never leave a network, whatever the resolver says.
PRIVATE_SUFFIXES = (".localhost", ".local", ".internal", ".home.arpa", ".lan")
# Carry an IPv4 address inside an IPv6 one.
NAT64 = ipaddress.ip_network("64:ff9b::/96")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def refuse_private_target(url: str, *, must_resolve: bool = False) -> None:
    """Raises Invalid. Whoever delivers asks again: by then the name may mean another address.

    A name that can't be resolved now passes: nothing can be sent to it either. Where the operator has the console
    deliver to private networks, every readable address passes.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Invalid(UNREADABLE)
    if settings.DELIVER_TO_PRIVATE_NETWORKS:
        return
    host = parts.hostname.rstrip(".").lower()
    if must_resolve and not addresses(host):
        raise Invalid(UNKNOWN_NAME)
    if host == "localhost" or host.endswith(PRIVATE_SUFFIXES) or any(not is_public(each) for each in addresses(host)):
        raise Invalid(NOT_PUBLIC)


def addresses(host: str) -> list[Address]:
    """What the host means; spellings like 0x7f.1 or 2130706433 mean an address too."""
    try:
        return [ipaddress.ip_address(host)]
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found]


def is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast
