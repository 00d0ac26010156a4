from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "reports"
    verbose_name = _("Reports")

    def ready(self) -> None:
        from allauth.account.signals import email_changed

        from notifications.attachments import register
        from reports.schedules.run import attach_file, follow_address

        register("report.file", attach_file)
        email_changed.connect(follow_address, dispatch_uid="follow address")
