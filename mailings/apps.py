from django.apps import AppConfig


class MailingsConfig(AppConfig):
    name = "mailings"

    def ready(self) -> None:
        from mailings.attachments import monthly_report
        from notifications.attachments import register

        register("monthly-report.pdf", monthly_report)
