from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("Team")

    def ready(self) -> None:
        from allauth.account import signals
        from allauth.mfa.signals import authentication_failed, authenticator_added
        from django.contrib.auth.signals import user_logged_in

        from accounts import sign_ins
        from accounts.signals import announce_confirmation, announce_sign_in

        signals.email_confirmed.connect(announce_confirmation)
        user_logged_in.connect(announce_sign_in)

        signals.user_logged_in.connect(sign_ins.note_sign_in)
        authentication_failed.connect(sign_ins.note_wrong_factor)
        for rejected in (signals.login_code_rejected, signals.password_reset_code_rejected):
            rejected.connect(sign_ins.note_wrong_code)
        for changed in (
            signals.password_changed,
            signals.password_set,
            signals.password_reset,
            signals.email_changed,
            authenticator_added,
        ):
            changed.connect(sign_ins.end_other_sessions)
