#!/usr/bin/env python
"""Entry point of the management commands; starts the embedded servers when the environment names none."""

import atexit
import os
import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python reads this far and gets the sentence
    sys.exit(f"The console needs Python 3.11 or newer; this is {sys.version.split()[0]}.")

WITHOUT_SERVERS = {"collectstatic", "help", "version", "--help", "-h", "--version"}


def main() -> None:
    from django.core.management import execute_from_command_line

    from contact_center.embedded import ServersUnavailable, ensure_servers

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contact_center.settings")
    if sys.argv[1:2] and sys.argv[1] not in WITHOUT_SERVERS:
        try:
            servers = ensure_servers(Path(os.environ.get("VAR_DIR") or Path(__file__).resolve().parent / "var"))
        except ServersUnavailable as reason:
            sys.exit(str(reason))
        atexit.register(servers.stop)
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
