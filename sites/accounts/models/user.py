"""A person with an account, known by an e-mail address."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import (
    AbstractBaseUser,
    AnonymousUser,
    BaseUserManager,
    PermissionsMixin,
)
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

#: look.md: reader sizes in CSS pixels.
SMALLEST_SIZE, USUAL_SIZE, LARGEST_SIZE = 16, 19, 26


class Language(models.TextChoices):
    """The interface's language; empty leaves it to the browser."""

    BROWSER = "", _("As the browser")
    ENGLISH = "en", _("English")
    INDONESIAN = "id", _("Indonesian")


class Theme(models.TextChoices):
    """The paper a person reads on; empty leaves it to the device."""

    DEVICE = "", _("As the device")
    LIGHT = "light", _("Light")
    SEPIA = "sepia", _("Sepia")
    DARK = "dark", _("Dark")


class Face(models.TextChoices):
    """The typeface of chapter texts."""

    LITERATA = "literata", "Literata"
    # With their context: Django's own catalogues know "Clear" as a verb.
    JELAS = "jelas", pgettext_lazy("typeface", "Clear")
    DISLEKSIA = "disleksia", pgettext_lazy("typeface", "Dyslexia")


class Measure(models.TextChoices):
    """The width of a chapter's column: 28, 34 or 40 rem."""

    NARROW = "narrow", _("Narrow")
    MEDIUM = "medium", _("Medium")
    WIDE = "wide", _("Wide")


class UserManager(BaseUserManager["User"]):
    """Creates users; ``sites.accounts.actions.create_user`` is the way to do it in the product."""

    @transaction.atomic
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create an account whose address counts as verified: the caller is trusted."""
        from sites.accounts.actions.keep_address import keep_address  # which imports this module

        user = self.model(email=normalise_email(email), **fields)
        user.set_password(password)
        user.full_clean()
        user.save(using=self._db)
        keep_address(user)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=normalise_email(username or ""))


def normalise_email(email: str) -> str:
    """Give the one spelling under which an address is kept: no blanks around it, lower case."""
    return email.strip().lower()


class User(AbstractBaseUser, PermissionsMixin):
    """An account. Roles are groups (``sites.accounts.roles``); any account may read."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(
        _("staff"), default=False, help_text=_("May enter the back office.")
    )
    date_joined = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    language = models.CharField(
        _("language"), max_length=2, choices=Language, default=Language.BROWSER, blank=True
    )
    theme = models.CharField(
        _("theme"), max_length=5, choices=Theme, default=Theme.DEVICE, blank=True
    )
    face = models.CharField(_("typeface"), max_length=9, choices=Face, default=Face.LITERATA)
    size = models.PositiveSmallIntegerField(
        _("text size"),
        default=USUAL_SIZE,
        validators=[MinValueValidator(SMALLEST_SIZE), MaxValueValidator(LARGEST_SIZE)],
    )
    measure = models.CharField(_("measure"), max_length=6, choices=Measure, default=Measure.MEDIUM)

    objects: ClassVar[UserManager] = UserManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("email",)
        permissions = (("suspend_user", "Can suspend and readmit people"),)
        indexes = (
            # New accounts of each of the last days, for the office's first screen.
            models.Index(fields=("date_joined",), name="accounts_user_joined"),
        )
        constraints = (
            # Two spellings of one address must never be two people.
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_lower"),
            models.CheckConstraint(
                condition=models.Q(size__gte=SMALLEST_SIZE, size__lte=LARGEST_SIZE),
                name="accounts_user_size",
            ),
        )

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        super().clean()
        self.email = normalise_email(self.email)

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    def has_role(self, *roles: str) -> bool:
        """Is the person in any of these groups? One query for all roles, then from memory."""
        if not self.is_active:
            return False
        if not hasattr(self, "_roles"):
            self._roles = frozenset(self.groups.values_list("name", flat=True))
        return not self._roles.isdisjoint(roles)

    def is_one_of(self, *roles: str) -> bool:
        """Has the person one of these roles, or all rights? Never with a closed account."""
        return self.is_active and (self.is_superuser or self.has_role(*roles))


#: Who asks: somebody with an account, or anybody.
Person = User | AnonymousUser
