import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("theaters", "0007_sentences"),
    ]

    operations = [
        migrations.AddField(
            model_name="theater",
            name="report_domains",
            field=models.CharField(
                blank=True,
                help_text=(
                    "Reports with customers' addresses are mailed to people of the team, and to any address at these "
                    "domains. Several with spaces between them."
                ),
                max_length=200,
                validators=[
                    django.core.validators.RegexValidator(
                        "^\\s*([\\w-]+\\.)+\\w{2,}(\\s+([\\w-]+\\.)+\\w{2,})*\\s*$", "Such as: example.org"
                    )
                ],
                verbose_name="domains for reports",
            ),
        ),
    ]
