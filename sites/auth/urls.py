"""The one door's addresses.

allauth's views stand under paths of our own. Their names stay allauth's, which reverses them by
itself (``account_login`` in its redirects, ``mfa_index`` after a factor is added …); the rest of the
house links to ``account``, ``sign_in``, ``sign_out`` and ``sign_up``. No other host has these names:
whatever is linked from elsewhere goes through ``sites.links.host_url``.
"""

from __future__ import annotations

from allauth.account import views as allauth
from django.urls import URLPattern, URLResolver, path, re_path

from sites.auth import data, mail_page, sessions, steps, views
from sites.auth.lazily import lazily
from sites.auth.second_factor import second_factor
from sites.auth.sign_in import SignInView
from sites.common_urls import common_urls
from sites.errors import HANDLERS

_MFA = "allauth.mfa"

_sign_in = SignInView.as_view()
_sign_up = steps.SignUpView.as_view()

_doors: list[URLPattern | URLResolver] = [
    path("sign-in/", _sign_in, name="sign_in"),
    path("sign-in/", _sign_in, name="account_login"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("sign-up/", _sign_up, name="sign_up"),
    path("sign-up/", _sign_up, name="account_signup"),
    path(
        "closed/",
        allauth.AccountInactiveView.as_view(template_name="auth/closed.html"),
        name="account_inactive",
    ),
    path(
        "verify/",
        allauth.EmailVerificationSentView.as_view(template_name="auth/verify_sent.html"),
        name="account_email_verification_sent",
    ),
    re_path(
        r"^verify/(?P<key>[-:\w]+)/$",
        steps.ConfirmAddressView.as_view(),
        name="account_confirm_email",
    ),
    path(
        "reset/",
        allauth.PasswordResetView.as_view(template_name="auth/reset.html"),
        name="account_reset_password",
    ),
    path(
        "reset/sent/",
        allauth.PasswordResetDoneView.as_view(template_name="auth/reset_sent.html"),
        name="account_reset_password_done",
    ),
    path(
        "reset/done/",
        allauth.PasswordResetFromKeyDoneView.as_view(template_name="auth/reset_done.html"),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.PasswordResetFromKeyView.as_view(template_name="auth/reset_choose.html"),
        name="account_reset_password_from_key",
    ),
]

_own_account: list[URLPattern | URLResolver] = [
    path("", views.account, name="account"),
    path(
        "email/", allauth.EmailView.as_view(template_name="auth/email.html"), name="account_email"
    ),
    path(
        "password/",
        allauth.PasswordChangeView.as_view(template_name="auth/password_change.html"),
        name="account_change_password",
    ),
    path("password/new/", steps.SetPasswordView.as_view(), name="account_set_password"),
    path(
        "confirm/",
        allauth.ReauthenticateView.as_view(template_name="auth/confirm.html"),
        name="account_reauthenticate",
    ),
    path("sessions/", sessions.sessions, name="sessions"),
    path("sessions/end-all/", sessions.end_all, name="end_sessions"),
    path("sessions/<int:number>/end/", sessions.end_one, name="end_session"),
]

_own_data: list[URLPattern | URLResolver] = [
    path("data/", data.data, name="data"),
    path("data/export/", data.data_export, name="data_export"),
    path("data/erase/", data.data_erase, name="data_erase"),
    path("data/erased/", data.data_erased, name="data_erased"),
]

_second_factors: list[URLPattern | URLResolver] = [
    path("two-factor/required/", second_factor, name="second_factor"),
    path(
        "two-factor/",
        lazily(f"{_MFA}.base.views.IndexView", template_name="auth/two_factor.html"),
        name="mfa_index",
    ),
    path(
        "two-factor/sign-in/",
        lazily(f"{_MFA}.base.views.AuthenticateView", template_name="auth/two_factor_sign_in.html"),
        name="mfa_authenticate",
    ),
    path(
        "confirm/code/",
        lazily(f"{_MFA}.base.views.ReauthenticateView", template_name="auth/confirm.html"),
        name="mfa_reauthenticate",
    ),
    path(
        "two-factor/app/",
        lazily(f"{_MFA}.totp.views.ActivateTOTPView", template_name="auth/app_add.html"),
        name="mfa_activate_totp",
    ),
    path(
        "two-factor/app/remove/",
        lazily(f"{_MFA}.totp.views.DeactivateTOTPView", template_name="auth/app_remove.html"),
        name="mfa_deactivate_totp",
    ),
    path(
        "two-factor/codes/",
        lazily(
            f"{_MFA}.recovery_codes.views.ViewRecoveryCodesView", template_name="auth/codes.html"
        ),
        name="mfa_view_recovery_codes",
    ),
    path(
        "two-factor/codes/new/",
        lazily(
            f"{_MFA}.recovery_codes.views.GenerateRecoveryCodesView",
            template_name="auth/codes_new.html",
        ),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "two-factor/codes/download/",
        lazily(
            f"{_MFA}.recovery_codes.views.DownloadRecoveryCodesView", template_name="auth/codes.txt"
        ),
        name="mfa_download_recovery_codes",
    ),
    path(
        "passkeys/",
        lazily(f"{_MFA}.webauthn.views.ListWebAuthnView", template_name="auth/passkeys.html"),
        name="mfa_list_webauthn",
    ),
    path(
        "passkeys/add/",
        lazily(f"{_MFA}.webauthn.views.AddWebAuthnView", template_name="auth/passkey_add.html"),
        name="mfa_add_webauthn",
    ),
    path(
        "passkeys/sign-in/",
        lazily("sites.auth.passkeys.SignInByPasskeyView"),
        name="mfa_login_webauthn",
    ),
    path(
        "passkeys/<int:pk>/remove/",
        lazily(
            f"{_MFA}.webauthn.views.RemoveWebAuthnView", template_name="auth/passkey_remove.html"
        ),
        name="mfa_remove_webauthn",
    ),
    path(
        "passkeys/<int:pk>/name/",
        lazily(f"{_MFA}.webauthn.views.EditWebAuthnView", template_name="auth/passkey_name.html"),
        name="mfa_edit_webauthn",
    ),
    path(
        "confirm/passkey/",
        lazily("sites.auth.passkeys.ConfirmByPasskeyView"),
        name="mfa_reauthenticate_webauthn",
    ),
]

# Found outside local, too, where they answer 404: addresses do not depend on the environment.
_mails: list[URLPattern | URLResolver] = [
    path("mail/", mail_page.mails, name="kept_mails"),
    path("mail/<slug:name>/", mail_page.mail, name="kept_mail"),
    path("mail/<slug:name>/html/", mail_page.mail_html, name="kept_mail_html"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *_doors,
    *_own_account,
    *_own_data,
    *_second_factors,
    *_mails,
    *common_urls(),
]

handler400 = HANDLERS["handler400"]
handler403 = HANDLERS["handler403"]
handler404 = HANDLERS["handler404"]
handler500 = HANDLERS["handler500"]
