"""Puts a parcel on the wire: a signed POST, or an e-mail."""

import hashlib
import hmac
import json
import smtplib
import time

import requests
import structlog
from django.core.mail import EmailMessage

from contact_center.errors import Invalid
from contact_center.web import outgoing
from contact_center.web.targets import UnknownName
from conversations.delivery.parcels import Answer, Parcel

logger = structlog.get_logger(__name__)


def send(parcel: Parcel) -> Answer:
    """Never raises: whatever goes wrong is an answer."""
    try:
        text = _email(parcel) if parcel.address else _post(parcel)
    except (requests.RequestException, smtplib.SMTPException, OSError) as error:
        return _undelivered(parcel, _words(error), is_silence=_is_silence(error))
    except (Invalid, Rejected) as error:
        return _undelivered(parcel, str(error), is_silence=isinstance(error, UnknownName))
    except Exception as error:  # one row that can't be sent must not keep the others
        logger.exception("delivery_failed", outbox_entry_id=parcel.entry_id)
        return _undelivered(parcel, f"{type(error).__name__}: {error}")
    return Answer(parcel.entry_id, parcel.attempts, delivered=True, text=text, lease=parcel.lease)


def _undelivered(parcel: Parcel, text: str, *, is_silence: bool = False) -> Answer:
    return Answer(
        parcel.entry_id, parcel.attempts, delivered=False, text=text, lease=parcel.lease, is_silence=is_silence
    )


class Rejected(Exception):
    """The other side answered, but not with 2xx."""


def _post(parcel: Parcel) -> str:
    if not parcel.is_switched_on:
        raise Rejected("The webhook is switched off, or the address was taken away.")
    body = json.dumps(parcel.body, separators=(",", ":"), sort_keys=True)
    timestamp = str(int(time.time()))
    status, reason = outgoing.post(
        parcel.url,
        body.encode(),
        {
            "Content-Type": "application/json",
            "Idempotency-Key": parcel.key,
            "X-Console-Timestamp": timestamp,
            "X-Console-Signature": signature(parcel.secret, timestamp, body),
        },
    )
    answer = f"{status} {reason}"
    if not 200 <= status < 300:
        raise Rejected(answer)
    return answer


def signature(secret: str, timestamp: str, body: str) -> str:
    """Hexadecimal HMAC-SHA256 over "<timestamp>.<body>"; receivers refuse timestamps older than a few minutes."""
    return hmac.new(secret.encode(), f"{timestamp}.{body}".encode(), hashlib.sha256).hexdigest()


def _email(parcel: Parcel) -> str:
    EmailMessage(
        subject=parcel.subject,
        body=parcel.text,
        to=[parcel.address],
        headers={"X-Idempotency-Key": parcel.key},
    ).send()
    return f"Handed to the mail server for {parcel.address}"


def _is_silence(error: Exception) -> bool:
    if isinstance(error, requests.RequestException):
        return isinstance(error, requests.Timeout | requests.ConnectionError)
    if isinstance(error, smtplib.SMTPException):
        # What a mail server says about one letter is no silence.
        return isinstance(error, smtplib.SMTPServerDisconnected | smtplib.SMTPConnectError)
    return True


def _words(error: Exception) -> str:
    if isinstance(error, requests.Timeout):
        return f"No answer within {outgoing.TIMEOUT_SECONDS} seconds"
    if isinstance(error, requests.ConnectionError):
        return "The address could not be reached"
    return f"{type(error).__name__}: {error}"
