"""The mail that tells a new member the way in: to choose a password, or to sign in with the account they have."""

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.core.mail import send_mail
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse

from contact_center.tenancy.access import OrganizationRequest
from contact_center.tenancy.configuration import Attached
from contact_center.tenancy.models import User


def send_invitation(request: OrganizationRequest, attached: Attached) -> None:
    """Call once the membership is committed. A new account has no password: the link is the only way to one."""
    path = _choose_password(attached.user) if attached.is_new else f"/o/{request.organization.slug}/"
    context = {
        "organization": request.organization.name,
        "by": request.actor.name,
        "is_new": attached.is_new,
        "link": absolute(request, path),
        "reset": absolute(request, reverse("account_reset_password")),
    }
    send_mail(
        f"You are a member of {request.organization.name} now",
        render_to_string("tenancy/invitation.txt", context),
        None,
        [attached.user.email],
    )


def _choose_password(user: User) -> str:
    key = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})


def absolute(request: HttpRequest, path: str) -> str:
    return request.build_absolute_uri(path)
