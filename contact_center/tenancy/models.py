"""Organizations, people, memberships, settings and API keys."""

import hashlib
import secrets
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from contact_center.tenancy.fields import OrganizationForeignKey
from contact_center.tenancy.roles import ROLES_WITH, Right, Role
from contact_center.tenancy.scope import OrganizationModel, same_organization_key
from contact_center.tenancy.toggles import Toggle


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in by e-mail; what they may do stands in their memberships."""

    class Density(models.TextChoices):
        COMFORTABLE = "comfortable", "Comfortable"
        COMPACT = "compact", "Compact"

    email = models.EmailField("e-mail", unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False, help_text="May open Django admin; set by the administrator role.")
    date_joined = models.DateTimeField(default=timezone.now)
    time_zone = models.CharField(max_length=64, blank=True)
    density = models.CharField("rows", max_length=12, choices=Density.choices, default=Density.COMFORTABLE)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0]


class Organization(models.Model):
    """A tenant. No tenant table itself: everything confidential stands in OrganizationSettings."""

    name = models.CharField(max_length=120)
    slug = models.CharField(
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*\Z", "Use lower-case letters, digits and hyphens.")],
    )
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


REPORT_ROLES = [(role.value, role.label) for role in Role if role in ROLES_WITH[Right.READ_REPORTS]]


def supervisors() -> list[str]:
    return [Role.SUPERVISOR.value]


class OrganizationSettings(OrganizationModel):
    """How one organization works: toggles, notices, limits. One row per organization."""

    toggles = ArrayField(models.CharField(max_length=32, choices=Toggle.choices), default=list, blank=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    monitoring_notice_version = models.PositiveSmallIntegerField(default=0, editable=False)
    monitoring_confirmed_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, editable=False, related_name="+"
    )
    monitoring_confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    representatives_see_monitoring = models.BooleanField(default=True)
    consent_required = models.BooleanField(default=False, help_text="Monitor and Join wait for the customer's consent.")
    customer_notice = models.TextField(blank=True, help_text="Shown to customers when a chat starts.")
    sentiment_alert_threshold = models.PositiveSmallIntegerField(
        default=25, validators=[MaxValueValidator(100)], help_text="Supervisors are alerted at or below this score."
    )
    approval_actions = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    approval_above = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="Runs above this many conversations need a second supervisor.",
    )
    reports_enabled = models.BooleanField(
        "customized reports", default=False, help_text="People make, save and share reports of their own."
    )
    report_readers = ArrayField(
        models.CharField(max_length=20, choices=REPORT_ROLES),
        default=supervisors,
        blank=True,
        verbose_name="who may see them",
        help_text="The conversations behind the figures stay with supervisors.",
    )
    report_makers = ArrayField(
        models.CharField(max_length=20, choices=REPORT_ROLES),
        default=supervisors,
        blank=True,
        verbose_name="who may make and change them",
        help_text="Among those who may see them.",
    )
    reject_sets_do_not_disturb = models.BooleanField(default=False)
    missed_offer_sets_inactive = models.BooleanField(default=False)
    retention_days = models.PositiveIntegerField(
        null=True, blank=True, help_text="Closed conversations are deleted after this many days."
    )

    class Meta:
        verbose_name = verbose_name_plural = "organization settings"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization"], name="settings_once_per_organization")
        ]

    def __str__(self) -> str:
        return "Settings"


class Membership(OrganizationModel):
    """Ties a user to an organization with one or more roles."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    # What this organization calls the person; the account's own name may be known to other organizations only.
    name = models.CharField(max_length=120, blank=True)
    roles = ArrayField(models.CharField(max_length=20, choices=Role.choices), default=list)
    is_active = models.BooleanField(default=True)
    all_queues = models.BooleanField("sees all queues", default=True, help_text="Off: only the queues listed below.")
    may_notify = models.BooleanField("may notify representatives", default=True)
    api_access = models.BooleanField(
        "API access", default=False, help_text="Somebody with API access can't take supervisor actions."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "user"], name="membership_once"),
            same_organization_key("membership_of_organization"),
        ]

    def __str__(self) -> str:
        return self.name or str(self.user)


def hash_key(key: str) -> str:
    """Keys are long and random (or the demo's), so a plain SHA-256 is enough and can be looked up."""
    return hashlib.sha256(key.encode()).hexdigest()


class ApiKey(OrganizationModel):
    """A bearer key of the HTTP API: hashed, scoped, revocable. A key is not a person."""

    class Scope(models.TextChoices):
        INTAKE = "intake", "Create and write conversations"
        READ = "read", "Read conversations"
        PRESENCE = "presence", "Set presence"

    name = models.CharField(max_length=80)
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope.choices), default=list)
    per_minute = models.PositiveIntegerField("calls per minute", default=60_000)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "API key"
        constraints: ClassVar = [same_organization_key("api_key_of_organization")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def issue(
        cls, name: str, *, key: str | None = None, scopes: list[str] | None = None, **fields: Any
    ) -> tuple["ApiKey", str]:
        """Create a key for the organization in scope; the second value is shown once and never stored."""
        key = key or secrets.token_urlsafe(32)
        row = cls.objects.create(name=name, key_hash=hash_key(key), scopes=scopes or list(cls.Scope.values), **fields)
        return row, key


class NoticeAcknowledgement(OrganizationModel):
    """A member's acknowledgement of a versioned notice (product.md §12)."""

    membership = OrganizationForeignKey(Membership, on_delete=models.CASCADE, related_name="acknowledgements")
    notice = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    acknowledged_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "membership", "notice", "version"], name="notice_acknowledged_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.notice} v{self.version}"
