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


class UnknownName(Invalid):
    """Nobody knows the name, or the name server doesn't answer."""


def refuse_private_target(url: str) -> None:
    """Raises Invalid. Whoever delivers asks `checked_addresses` again: by then the name may mean another address.

    A name that can't be resolved now passes: nothing can be sent to it either.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Invalid(UNREADABLE)
    _checked(parts.hostname)


def checked_addresses(host: str) -> list[Address]:
    """What the host means now, to be connected to without asking again. Raises Invalid.

    Where the operator has the console deliver to private networks, every address passes.
    """
    found = _checked(host)
    if not found:
        raise UnknownName(UNKNOWN_NAME)
    return found


def _checked(host: str) -> list[Address]:
    host = host.rstrip(".").lower()
    if settings.DELIVER_TO_PRIVATE_NETWORKS:
        return addresses(host)
    if host == "localhost" or host.endswith(PRIVATE_SUFFIXES):
        raise Invalid(NOT_PUBLIC)
    found = addresses(host)
    if not all(is_public(each) for each in found):
        raise Invalid(NOT_PUBLIC)
    return found


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
    return list(dict.fromkeys(ipaddress.ip_address(str(entry[4][0]).partition("%")[0]) for entry in found))


def is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast
