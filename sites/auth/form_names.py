"""Which of the house's forms stands for which of allauth's: settings, read by allauth."""

ACCOUNT_FORMS = {
    "signup": "sites.auth.sign_up_form.SignUpForm",
    "reset_password": "sites.auth.password_forms.ResetForm",
    "reset_password_from_key": "sites.auth.password_forms.ChooseForm",
    "change_password": "sites.auth.password_forms.ChangePasswordForm",
    "set_password": "sites.auth.password_forms.SetPasswordForm",
    "add_email": "sites.auth.password_forms.AddressForm",
    "reauthenticate": "sites.auth.password_forms.ConfirmForm",
}
MFA_FORMS = {
    "authenticate": "sites.auth.factor_forms.SignInCodeForm",
    "reauthenticate": "sites.auth.factor_forms.ConfirmCodeForm",
    "activate_totp": "sites.auth.factor_forms.AddAppForm",
    "add_webauthn": "sites.auth.factor_forms.AddPasskeyForm",
    "login_webauthn": "sites.auth.factor_forms.SignInPasskeyForm",
    "authenticate_webauthn": "sites.auth.factor_forms.FactorPasskeyForm",
    "reauthenticate_webauthn": "sites.auth.factor_forms.ConfirmPasskeyForm",
    "edit_webauthn": "sites.auth.factor_forms.NamePasskeyForm",
}
