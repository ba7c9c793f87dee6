"""What a person chooses for themselves, whatever the organization: the time zone, and how high rows of tables are."""

from typing import ClassVar

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.models import OrganizationSettings, User
from contact_center.tenancy.roles import Right
from contact_center.tenancy.time_zones import TIME_ZONES


class PreferencesForm(forms.ModelForm):
    time_zone = forms.ChoiceField(required=False, choices=[("", ""), *TIME_ZONES])

    class Meta:
        model = User
        fields: ClassVar = ["time_zone", "density"]


@require_http_methods(["GET", "POST"])
@organization_view(Right.MEMBER)
def preferences(request: OrganizationRequest, organization: str) -> HttpResponse:
    """The dialog; posted, the page comes anew as it was chosen. What isn't posted stays as it is."""
    if request.method == "POST":
        now = {name: getattr(request.user, name) for name in PreferencesForm.Meta.fields}
        form = PreferencesForm(now | request.POST.dict(), instance=request.user)
        if form.is_valid():
            form.save()
            return HttpResponse(status=204, headers={"HX-Refresh": "true"} if "time_zone" in request.POST else {})
        return render(request, "components/_preferences_dialog.html", _context(request), status=422)
    return render(request, "components/_preferences_dialog.html", _context(request))


def _context(request: OrganizationRequest) -> dict[str, object]:
    usual = OrganizationSettings.objects.values_list("time_zone", flat=True).first() or "UTC"
    user = User.objects.get(pk=request.user.pk)
    return {
        "time_zones": TIME_ZONES,
        "time_zone": user.time_zone,
        "usual_time_zone": usual.replace("_", " "),
        "densities": [
            {"value": value, "label": label, "chosen": value == user.density} for value, label in User.Density.choices
        ],
    }
