"""The one door's addresses.

allauth's views stand under paths of our own. Their names stay allauth's, which reverses them by
itself (``account_login`` in its redirects, ``mfa_index`` after a factor is added …); the rest of the
house links to ``account``, ``sign_in``, ``sign_out`` and ``sign_up``. No other host has these names:
whatever is linked from elsewhere goes through ``sites.links.host_url``.
"""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path, re_path

from sites.common_urls import common_urls
from sites.errors import HANDLERS
from sites.lazily import lazily

_ACCOUNT, _MFA = "allauth.account.views", "allauth.mfa"

_sign_in = lazily("sites.auth.sign_in.SignInView")
_sign_up = lazily("sites.auth.steps.SignUpView")

_doors: list[URLPattern | URLResolver] = [
    path("sign-in/", _sign_in, name="sign_in"),
    path("sign-in/", _sign_in, name="account_login"),
    path("sign-out/", lazily("sites.auth.views.sign_out"), name="sign_out"),
    path("sign-up/", _sign_up, name="sign_up"),
    path("sign-up/", _sign_up, name="account_signup"),
    path(
        "closed/",
        lazily(f"{_ACCOUNT}.AccountInactiveView", template_name="auth/closed.html"),
        name="account_inactive",
    ),
    path(
        "verify/",
        lazily(f"{_ACCOUNT}.EmailVerificationSentView", template_name="auth/verify_sent.html"),
        name="account_email_verification_sent",
    ),
    re_path(
        r"^verify/(?P<key>[-:\w]+)/$",
        lazily("sites.auth.steps.ConfirmAddressView"),
        name="account_confirm_email",
    ),
    path(
        "reset/",
        lazily(f"{_ACCOUNT}.PasswordResetView", template_name="auth/reset.html"),
        name="account_reset_password",
    ),
    path(
        "reset/sent/",
        lazily(f"{_ACCOUNT}.PasswordResetDoneView", template_name="auth/reset_sent.html"),
        name="account_reset_password_done",
    ),
    path(
        "reset/done/",
        lazily(f"{_ACCOUNT}.PasswordResetFromKeyDoneView", template_name="auth/reset_done.html"),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        lazily(f"{_ACCOUNT}.PasswordResetFromKeyView", template_name="auth/reset_choose.html"),
        name="account_reset_password_from_key",
    ),
]

_own_account: list[URLPattern | URLResolver] = [
    path("", lazily("sites.auth.views.account"), name="account"),
    path(
        "email/",
        lazily(f"{_ACCOUNT}.EmailView", template_name="auth/email.html"),
        name="account_email",
    ),
    path(
        "password/",
        lazily(f"{_ACCOUNT}.PasswordChangeView", template_name="auth/password_change.html"),
        name="account_change_password",
    ),
    path("password/new/", lazily("sites.auth.steps.SetPasswordView"), name="account_set_password"),
    path(
        "confirm/",
        lazily(f"{_ACCOUNT}.ReauthenticateView", template_name="auth/confirm.html"),
        name="account_reauthenticate",
    ),
    path("sessions/", lazily("sites.auth.sessions.sessions"), name="sessions"),
    path("sessions/end-all/", lazily("sites.auth.sessions.end_all"), name="end_sessions"),
    path("sessions/<int:number>/end/", lazily("sites.auth.sessions.end_one"), name="end_session"),
]

_own_data: list[URLPattern | URLResolver] = [
    path("data/", lazily("sites.auth.data.data"), name="data"),
    path("data/export/", lazily("sites.auth.data.data_export"), name="data_export"),
    path("data/erase/", lazily("sites.auth.data.data_erase"), name="data_erase"),
    path("data/erased/", lazily("sites.auth.data.data_erased"), name="data_erased"),
]

_second_factors: list[URLPattern | URLResolver] = [
    path(
        "two-factor/required/",
        lazily("sites.auth.second_factor.second_factor"),
        name="second_factor",
    ),
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
    path("mail/", lazily("sites.auth.mail_page.mails"), name="kept_mails"),
    path("mail/<slug:name>/", lazily("sites.auth.mail_page.mail"), name="kept_mail"),
    path("mail/<slug:name>/html/", lazily("sites.auth.mail_page.mail_html"), name="kept_mail_html"),
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
