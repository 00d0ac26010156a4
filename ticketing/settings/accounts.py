"""Accounts: sign-in, second factors, API tokens."""

from hashlib import sha256

from django.urls import reverse_lazy

from ticketing.settings.base import DEBUG, SECRET_KEY, SITE_NAME, SITE_URL, env

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.PasswordBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = reverse_lazy("events:home")
ACCOUNT_ADAPTER = "notifications.account_mail.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.NameForm"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
# Not ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE: it is offered for unknown addresses only, and so would reveal them.
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
# As long as `notifications.kinds.CODE_LIFETIME`: mail may take its time.
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = ACCOUNT_LOGIN_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
ACCOUNT_DEFAULT_HTTP_PROTOCOL = SITE_URL.split("://")[0]
USERSESSIONS_TRACK_ACTIVITY = False
_FORMS = "accounts.sign_in_forms."
ACCOUNT_FORMS = {
    "login": f"{_FORMS}LoginForm",
    "signup": f"{_FORMS}SignupForm",
    "request_login_code": f"{_FORMS}RequestLoginCodeForm",
    "confirm_login_code": f"{_FORMS}ConfirmLoginCodeForm",
    "confirm_email_verification_code": f"{_FORMS}ConfirmEmailForm",
    "add_email": f"{_FORMS}AddEmailForm",
    "change_password": f"{_FORMS}ChangePasswordForm",
    "set_password": f"{_FORMS}SetPasswordForm",
    "reset_password": f"{_FORMS}ResetPasswordForm",
    "confirm_password_reset_code": f"{_FORMS}ConfirmPasswordResetCodeForm",
    "reset_password_from_key": f"{_FORMS}ResetPasswordKeyForm",
    "reauthenticate": f"{_FORMS}ReauthenticateForm",
}
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": f"{_FORMS}AuthenticateForm",
    "reauthenticate": f"{_FORMS}ReauthenticateByCodeForm",
    "activate_totp": f"{_FORMS}ActivateAppForm",
    "add_webauthn": f"{_FORMS}AddKeyForm",
    "edit_webauthn": f"{_FORMS}EditKeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEBUG
MFA_TOTP_ISSUER = SITE_NAME
HEADLESS_ONLY = False
HEADLESS_CLIENTS = ("app",)
HEADLESS_TOKEN_STRATEGY = "allauth.headless.tokens.strategies.jwt.JWTTokenStrategy"  # noqa: S105
# A PEM private key signs API tokens (RS256); without one, a key derived from SECRET_KEY does (HS256).
HEADLESS_JWT_PRIVATE_KEY = env.str("JWT_PRIVATE_KEY", "", multiline=True)
HEADLESS_JWT_ALGORITHM = "RS256" if HEADLESS_JWT_PRIVATE_KEY else "HS256"
HEADLESS_JWT_PRIVATE_KEY = HEADLESS_JWT_PRIVATE_KEY or sha256(f"api tokens {SECRET_KEY}".encode()).hexdigest()
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = 15 * 60
HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN = 14 * 24 * 60 * 60
# Require a second factor of all staff, or of platform admins, who may do everything everywhere. A theater may require
# it of its own staff (`Theater.requires_mfa`).
REQUIRE_STAFF_MFA = env.bool("REQUIRE_STAFF_MFA", False)
REQUIRE_ADMIN_MFA = env.bool("REQUIRE_ADMIN_MFA", not DEBUG)
# The console asks staff to sign in again after so long without a request, and after so long in any case.
STAFF_IDLE_MINUTES = env.int("STAFF_IDLE_MINUTES", 120)
STAFF_SESSION_HOURS = env.int("STAFF_SESSION_HOURS", 12)
