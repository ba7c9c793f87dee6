"""`python -m contact_center.probe /readyz`: a container asks its own web process whether it is well."""

import http.client
import os
import sys

SECONDS = 4


def host_header(allowed_hosts: str) -> str:
    """A name the console answers to; "127.0.0.1" need not be one."""
    first = allowed_hosts.split(",")[0].strip().lstrip(".")
    return first if first and first != "*" else "127.0.0.1"


def main(path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT") or "8000"), timeout=SECONDS)
    try:
        connection.request("GET", path, headers={"Host": host_header(os.environ.get("ALLOWED_HOSTS", ""))})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        sys.stderr.write(f"No answer on {path}: {error}.\n")
        return 1
    finally:
        connection.close()
    sys.stdout.write(f"{path} answered {status}.\n")
    return 0 if status == 200 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
