"""People and their roles. What may be changed is decided by the action; the form hides the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin import RelatedFieldListFilter
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sites.accounts.actions.save_person import save_person
from sites.accounts.models import User
from sites.accounts.models.user import normalise_email
from sites.accounts.permissions import grantable_roles, may_change_person
from sites.accounts.roles import AUTHOR, EDITOR, MANAGER, MODERATOR, OPERATOR, SUPPORT
from sites.desk.admin import DeskAdmin, ReadOnly, person_of
from sites.desk.books import is_form
from sites.desk.forms import DeskForm
from sites.internal import suspension
from sites.internal.person_history import last_entries, with_history

if TYPE_CHECKING:
    from django.forms import CheckboxSelectMultiple as UnfoldAdminCheckboxSelectMultipleWidget

    from sites.desk.books import display

    Choice = forms.ModelMultipleChoiceField[Any]
else:
    from unfold.decorators import display
    from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

    Choice = forms.ModelMultipleChoiceField


#: The roles by name; a group that the code does not know keeps its own.
ROLE_NAMES = {
    AUTHOR: _("Author"),
    EDITOR: _("Editor"),
    SUPPORT: _("Reader support"),
    MODERATOR: _("Moderator"),
    MANAGER: _("Manager"),
    OPERATOR: _("Operator"),
}


def role_name(role: Group) -> str:
    return str(ROLE_NAMES.get(role.name, role.name))


class RoleChoice(Choice):
    def label_from_instance(self, obj: Group) -> str:
        return role_name(obj)


class PersonForm(DeskForm):
    """An account's own facts and its roles; passwords are nobody else's business."""

    #: Who fills the form in.
    by: User

    roles = RoleChoice(
        Group.objects.order_by("name"),
        label=_("Roles"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["roles"] = list(self.instance.groups.all())
        if "email" in self.fields and not _may_sign_in(self.instance):
            self.fields["email"].help_text = _(
                "This account has no password yet, so nobody can sign in with it. Ask an operator "
                "to set one with manage.py changepassword."
            )
        if self.instance.pk == self.by.pk:
            self._look_at_oneself()
        else:
            self._offer(grantable_roles(self.by))

    def _offer(self, roles: list[Group]) -> None:
        field: Any = self.fields["roles"]
        field.queryset = field.queryset.filter(pk__in=[role.pk for role in roles])
        field.choices = [(role.pk, role_name(role)) for role in roles]

    def _look_at_oneself(self) -> None:
        for name in {"roles", "is_superuser"}.intersection(self.fields):
            self.fields[name].disabled = True
        self.fields["roles"].help_text = _("Your own roles are changed by a colleague.")

    def clean_email(self) -> str:
        return normalise_email(self.cleaned_data["email"])


def _may_sign_in(person: User) -> bool:
    return person.pk is not None and person.has_usable_password()


class RoleFilter(RelatedFieldListFilter):
    """Roles by the names that people know."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("roles")

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        return [(str(role.pk), role_name(role)) for role in Group.objects.order_by("name")]


class People(DeskAdmin):
    """Everybody with an account."""

    form = PersonForm
    list_display = ("email", "name", "role_names", "is_active", "date_joined")
    list_filter = ("is_active", "is_staff", ("groups", RoleFilter))
    search_fields = ("email", "name")
    search_help_text = _("By name or address")
    ordering = ("-pk",)
    # An account is closed and opened by an action of its own, with a reason.
    readonly_fields = ("date_joined", "last_login", "is_staff", "is_active", "second_factor")
    change_form_outer_after_template = "internal/person.html"
    fieldsets = (
        (None, {"fields": ("email", "name")}),
        (_("Roles and access"), {"fields": ("roles", "is_active", "is_superuser", "is_staff")}),
        (_("Signing in"), {"fields": ("date_joined", "last_login", "second_factor")}),
    )

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                f"<int:pk>/{verb}/",
                self.admin_site.admin_view(view),
                name=f"accounts_user_{verb}",
            )
            for verb, view in (("suspend", suspension.suspend), ("readmit", suspension.readmit))
        ] + super().get_urls()

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        rows = super().get_queryset(request).prefetch_related("groups")
        return with_history(rows) if is_form(request) else rows

    @display(description=_("second factor"), boolean=True)
    def second_factor(self, person: User) -> bool:
        return bool(getattr(person, "has_second_factor", False))

    def render_change_form(  # type: ignore[override]  # Django names all that it gives
        self, request: HttpRequest, context: Any, **kwargs: Any
    ) -> Any:
        obj = kwargs.get("obj")
        if obj is not None:
            by = person_of(request)
            context |= {
                "may_suspend": self._offers_suspension(request, obj),
                "may_see_books": by.has_perm("books.view_book"),
                "entries": last_entries(obj) if by.has_perm("accounts.view_auditentry") else None,
            }
        return super().render_change_form(request, context, **kwargs)

    def _offers_suspension(self, request: HttpRequest, person: User) -> bool:
        """Is the way to suspend this person shown? The action decides, which asks more."""
        by = person_of(request)
        if by.pk == person.pk or not by.has_perm("accounts.suspend_user"):
            return False
        of_the_house = person.is_superuser or person.is_staff
        return not of_the_house or self.has_change_permission(request, person)

    @display(description=_("roles"))
    def role_names(self, person: User) -> str:
        return ", ".join(sorted(role_name(group) for group in person.groups.all()))

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if not super().has_change_permission(request, obj):
            return False
        if obj is None:
            return True
        known = request.__dict__.setdefault("may_change", {})  # asked a dozen times for one page
        if obj.pk not in known:
            known[obj.pk] = may_change_person(person_of(request), obj)
        return bool(known[obj.pk])

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Erasing a person is more than deleting a row, and has a way of its own."""
        return False

    def get_fieldsets(self, request: HttpRequest, obj: User | None = None) -> Any:
        """Leave out what an account does not have yet, and superuser rights from all others."""
        shown = super().get_fieldsets(request, obj)
        hidden = set() if person_of(request).is_superuser else {"is_superuser"}
        if obj is None:
            hidden |= {"is_active", "is_staff", "date_joined", "last_login", "second_factor"}
        if not self.has_change_permission(request, obj):
            hidden |= {"roles"}
        kept = [
            (title, {"fields": tuple(name for name in facts["fields"] if name not in hidden)})
            for title, facts in shown
        ]
        if obj and "roles" in hidden:
            kept[1][1]["fields"] = ("role_names", *kept[1][1]["fields"])
        return [(title, facts) for title, facts in kept if facts["fields"]]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return (*self.readonly_fields, "role_names")

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.by = person_of(request)
        return form

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        save_person(
            obj, roles=form.cleaned_data["roles"], by=person_of(request), now=timezone.now()
        )

    def log_addition(self, request: HttpRequest, obj: User, message: Any) -> Any:
        return super().log_addition(request, _without_name(obj), message)

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> Any:
        return super().log_change(request, _without_name(obj), message)


def _without_name(person: User) -> User:
    """Give a stand-in that the log knows by its key: nothing must be left of an erased person."""
    return User(pk=person.pk, name=f"#{person.pk}")


class Roles(ReadOnly, DeskAdmin):
    """What each role may do; the table in the code is the authority."""

    list_name = _("Roles")
    row_names = (_("role"), _("roles"))
    list_display = ("known_as",)
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("known_as", "rights")
    readonly_fields = fields

    @display(description=_("role"), ordering="name")
    def known_as(self, group: Group) -> str:
        return role_name(group)

    @display(description=_("rights"))
    def rights(self, group: Group) -> str:
        rows = group.permissions.select_related("content_type").order_by("content_type", "codename")
        return ", ".join(f"{row.content_type.app_label}.{row.codename}" for row in rows)


class Hosts(ReadOnly, DeskAdmin):
    """The five hosts; `manage.py sync_sites` writes them."""

    list_name = _("Hosts")
    row_names = (_("host"), _("hosts"))
    list_display = ("name", "domain")
    ordering = ("pk",)
    fields = ("name", "domain")
