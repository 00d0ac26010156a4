from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"

    def ready(self) -> None:
        from notifications.attachments import register
        from reports.services.schedules import attach_file

        register("report.file", attach_file)
