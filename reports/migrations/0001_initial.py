import datetime
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import reports.models.exports
import reports.models.schedules
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('events', '0001_initial'),
        ('theaters', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ReportSchedule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=reports.models.schedules.make_code, editable=False, max_length=20, unique=True)),
                ('report', models.CharField(max_length=40, verbose_name='report')),
                ('parameters', models.JSONField(default=dict, verbose_name='parameters')),
                ('format', models.CharField(choices=[('csv', 'CSV'), ('xlsx', 'XLSX'), ('pdf', 'PDF')], default='pdf', max_length=4, verbose_name='format')),
                ('language', models.CharField(default='en', max_length=10)),
                ('recipients', models.JSONField(blank=True, default=list, verbose_name='also to')),
                ('rhythm', models.CharField(choices=[('daily', 'every day'), ('workdays', 'on weekdays, Monday to Friday'), ('weekly', 'every week, or every few weeks, on some days'), ('monthly_day', 'by the month, on a day by its number'), ('monthly_last', 'by the month, on its last day'), ('monthly_weekday', 'by the month, on a day such as the first Monday or last weekday')], default='weekly', max_length=20, verbose_name='days')),
                ('at', models.TimeField(default=datetime.time(8, 0), verbose_name='time')),
                ('start_on', models.DateField(verbose_name='from')),
                ('every', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(52)], verbose_name='every so many weeks or months')),
                ('weekdays', models.JSONField(default=list, verbose_name='on')),
                ('month_day', models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31)], verbose_name='day of the month')),
                ('nth', models.SmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(-1), django.core.validators.MaxValueValidator(4)], verbose_name='which')),
                ('is_paused', models.BooleanField(default=False, verbose_name='paused')),
                ('next_run_at', models.DateTimeField(verbose_name='next run')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='report_schedules', to=settings.AUTH_USER_MODEL)),
                ('theater', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='theaters.theater', verbose_name='theater')),
            ],
            options={
                'verbose_name': 'report schedule',
                'verbose_name_plural': 'report schedules',
                'ordering': ['report', 'pk'],
                'indexes': [
                    models.Index(fields=['is_paused', 'next_run_at'], name='report_schedule_due'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('every__gte', 1), ('every__lte', 52), ('month_day__gte', 1), ('month_day__lte', 31), ('nth__in', [1, 2, 3, 4, -1])), name='report_schedule_rule', violation_error_message='Repeat every 1 to 52 weeks or months, on a day from 1 to 31.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ReportRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=reports.models.schedules.make_code, editable=False, max_length=20, unique=True)),
                ('due_at', models.DateTimeField(verbose_name='due')),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'running'), ('sent', 'sent'), ('failed', 'failed')], default='waiting', max_length=10, verbose_name='state')),
                ('rows', models.PositiveIntegerField(default=0, verbose_name='rows')),
                ('size', models.PositiveIntegerField(default=0)),
                ('file', models.FileField(blank=True, max_length=200, storage=reports.models.exports.private_storage, upload_to='reports/%Y/%m/')),
                ('error', models.CharField(blank=True, max_length=300, verbose_name='error')),
                ('trace', models.TextField(blank=True, max_length=20000)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('seen_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('theaters', models.ManyToManyField(related_name='+', to='theaters.theater')),
                ('schedule', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='runs', to='reports.reportschedule')),
            ],
            options={
                'verbose_name': 'run of a report',
                'verbose_name_plural': 'runs of reports',
                'ordering': ['-due_at', '-pk'],
                'indexes': [
                    models.Index(fields=['state', 'seen_at'], name='report_run_open'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('schedule', 'due_at'), name='report_run_once', violation_error_message='This report was already requested for this time.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('state', 'sent'), _negated=True), models.Q(('file', ''), _negated=True), _connector='OR'), name='report_run_sent_has_file', violation_error_message='A report that was sent has a file.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='SettlementTerms',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('partner', models.CharField(help_text='Producer or distributor.', max_length=160, verbose_name='partner')),
                ('percent', models.DecimalField(decimal_places=2, help_text='Percent of the net box office: without fees, tax and refunds.', max_digits=5, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='share of the partner')),
                ('guarantee', models.DecimalField(decimal_places=3, default=0, help_text="The least that the partner gets for each show, in the theater's currency.", max_digits=12, validators=[django.core.validators.MinValueValidator(0)], verbose_name='guarantee')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='settlement_terms', to='events.event', verbose_name='event')),
                ('theater', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='settlement_terms', to='theaters.theater', verbose_name='theater')),
            ],
            options={
                'verbose_name': 'settlement terms',
                'verbose_name_plural': 'settlement terms',
                'ordering': ['theater', 'event', 'pk'],
                'constraints': [
                    models.UniqueConstraint(fields=('event', 'theater'), name='settlement_terms_unique', violation_error_message='This event already has terms in this theater.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Export',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=reports.models.exports.make_export_code, editable=False, max_length=20, unique=True)),
                ('report', models.CharField(max_length=40, verbose_name='report')),
                ('parameters', models.JSONField(default=dict, verbose_name='parameters')),
                ('format', models.CharField(choices=[('csv', 'CSV'), ('xlsx', 'XLSX'), ('pdf', 'PDF')], max_length=4, verbose_name='format')),
                ('language', models.CharField(default='en', max_length=10)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'running'), ('ready', 'ready'), ('failed', 'failed'), ('canceled', 'canceled'), ('expired', 'deleted after its time')], default='waiting', max_length=10, verbose_name='state')),
                ('rows', models.PositiveIntegerField(default=0, verbose_name='rows')),
                ('rows_expected', models.PositiveIntegerField(blank=True, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('file', models.FileField(blank=True, max_length=200, storage=reports.models.exports.private_storage, upload_to='exports/%Y/%m/')),
                ('error', models.CharField(blank=True, max_length=300, verbose_name='error')),
                ('trace', models.TextField(blank=True, max_length=20000)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('seen_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('asked_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exports', to=settings.AUTH_USER_MODEL)),
                ('theaters', models.ManyToManyField(related_name='+', to='theaters.theater')),
            ],
            options={
                'verbose_name': 'export',
                'verbose_name_plural': 'exports',
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('state__in', ['waiting', 'running'])), fields=['seen_at'], name='export_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('state', 'ready'), _negated=True), models.Q(models.Q(('file', ''), _negated=True), ('expires_at__isnull', False)), _connector='OR'), name='export_ready_has_file', violation_error_message='A finished export has a file and a time at which it expires.'), models.CheckConstraint(condition=models.Q(('expires_at__isnull', True), ('expires_at__gt', models.F('created_at')), _connector='OR'), name='export_expires_later', violation_error_message='An export expires after it was made, not before.')],
            },
        ),
    ]
