"""allauth's forms in our words, without placeholders that repeat a label, and without a second password field."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django.utils.translation import gettext_lazy as _

from lib.forms import Form

PASSWORD_HELP = _("At least 8 characters, and not one that many people use.")


class LabeledForm(Form):
    """Gives the fields of an allauth form our labels."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("password2", None)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)
            field.help_text = HELP.get(name, "")
            if name in {"email", "login"}:
                field.widget.attrs |= {"inputmode": "email", "autocapitalize": "none", "spellcheck": "false"}


LABELS = {
    "login": _("E-mail address"),
    "email": _("E-mail address"),
    "name": _("Name"),
    "password": _("Password"),
    "oldpassword": _("Current password"),
    "password1": _("New password"),
    "remember": _("Stay signed in on this device"),
    "code": _("Code"),
    "passwordless": _("Sign in with this key alone"),
}
HELP = {
    "name": _("As it should stand on your bookings."),
    "password1": PASSWORD_HELP,
    "passwordless": _("The device then asks for your fingerprint, face or PIN instead of your password."),
}


class LoginForm(LabeledForm, account.LoginForm): ...


class SignupForm(LabeledForm, account.SignupForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = _("Password")


class RequestLoginCodeForm(LabeledForm, account.RequestLoginCodeForm): ...


class ConfirmLoginCodeForm(LabeledForm, account.ConfirmLoginCodeForm): ...


class ConfirmEmailForm(LabeledForm, account.ConfirmEmailVerificationCodeForm): ...


class AddEmailForm(LabeledForm, account.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("New e-mail address")


class ChangePasswordForm(LabeledForm, account.ChangePasswordForm): ...


class SetPasswordForm(LabeledForm, account.SetPasswordForm): ...


class ResetPasswordForm(LabeledForm, account.ResetPasswordForm): ...


class ConfirmPasswordResetCodeForm(LabeledForm, account.ConfirmPasswordResetCodeForm): ...


class ResetPasswordKeyForm(LabeledForm, account.ResetPasswordKeyForm): ...


class ReauthenticateForm(LabeledForm, account.ReauthenticateForm): ...


class AuthenticateForm(LabeledForm, mfa.AuthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("From your authenticator app, or one of your recovery codes.")


class ReauthenticateByCodeForm(LabeledForm, mfa.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("From your authenticator app, or one of your recovery codes.")


class ActivateAppForm(LabeledForm, totp.ActivateTOTPForm): ...


class AddKeyForm(LabeledForm, webauthn.AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = _("So that you recognize it, such as the name of the device.")
        self.fields["passwordless"].initial = True


class EditKeyForm(LabeledForm, webauthn.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = ""
