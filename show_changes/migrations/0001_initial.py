import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('bookings', '0001_initial'),
        ('events', '0001_initial'),
        ('payments', '0001_initial'),
        ('theaters', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ShowCancellation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('message', models.TextField(blank=True, max_length=2000, verbose_name='message to customers')),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='canceled at')),
                ('batch', models.UUIDField(blank=True, db_index=True, editable=False, null=True)),
                ('worked_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('finished_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='finished at')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                ('show', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='cancellation', to='events.show', verbose_name='show')),
            ],
            options={
                'verbose_name': 'canceled show',
                'verbose_name_plural': 'canceled shows',
                'ordering': ['-started_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='CanceledBooking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('done', 'done'), ('pay_out', 'to be paid at the counter'), ('failed', 'failed')], default='waiting', max_length=10, verbose_name='state')),
                ('amount', models.DecimalField(decimal_places=3, default=0, max_digits=12, verbose_name='amount')),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('is_told', models.BooleanField(default=False)),
                ('has_returned_voucher', models.BooleanField(default=False)),
                ('error', models.CharField(blank=True, max_length=300, verbose_name='error')),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='show_cancellations', to='bookings.booking')),
                ('refunds', models.ManyToManyField(blank=True, related_name='show_cancellations', to='payments.refund')),
                ('cancellation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='show_changes.showcancellation')),
            ],
            options={
                'verbose_name': 'booking of a canceled show',
                'verbose_name_plural': 'bookings of canceled shows',
                'ordering': ['pk'],
                'indexes': [models.Index(fields=['cancellation', 'state'], name='canceled_booking_state')],
                'constraints': [models.UniqueConstraint(fields=('cancellation', 'booking'), name='canceled_booking_once', violation_error_message='A canceled show settles each of its bookings once.'), models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='canceled_booking_amount_not_negative', violation_error_message='What a canceled booking gets back is not less than zero.')],
            },
        ),
        migrations.CreateModel(
            name='ShowMove',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts_at', models.DateTimeField(verbose_name='starts')),
                ('state', models.CharField(choices=[('planned', 'planned'), ('applied', 'carried out'), ('withdrawn', 'withdrawn')], default='planned', max_length=10, verbose_name='state')),
                ('version', models.PositiveIntegerField(default=1)),
                ('plan', models.JSONField(blank=True, default=dict)),
                ('before', models.JSONField(blank=True, default=dict)),
                ('unplaced', models.PositiveIntegerField(default=0, editable=False, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(250000)])),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('applied_at', models.DateTimeField(blank=True, null=True)),
                ('applied_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('hall', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='theaters.hall', verbose_name='hall')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('seat_map', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='theaters.seatmap')),
                ('show', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='events.show', verbose_name='show')),
            ],
            options={
                'verbose_name': 'move of a show',
                'verbose_name_plural': 'moves of shows',
                'ordering': ['-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'planned')), fields=('show',), name='show_move_one_plan', violation_error_message='A move of this show is already planned.'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'applied'), _negated=True), ('applied_at__isnull', False), _connector='OR'), name='show_move_applied_at', violation_error_message='A move that was carried out needs its time.')],
            },
        ),
        migrations.CreateModel(
            name='MapUpdate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('price_sources', models.JSONField(blank=True, default=dict)),
                ('started_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('worked_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('seat_map', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='theaters.seatmap', verbose_name='seat map')),
            ],
            options={
                'verbose_name': 'update of shows to a seat map',
                'verbose_name_plural': 'updates of shows to seat maps',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='UpdatedShow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('done', 'done'), ('refused', 'refused'), ('failed', 'failed')], default='waiting', max_length=10, verbose_name='state')),
                ('tickets', models.PositiveIntegerField(default=0, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(250000)])),
                ('told', models.PositiveIntegerField(default=0, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(250000)])),
                ('error', models.CharField(blank=True, max_length=300, verbose_name='error')),
                ('former', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='theaters.seatmap')),
                ('map_update', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shows', to='show_changes.mapupdate')),
                ('show', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='map_updates', to='events.show')),
            ],
            options={
                'verbose_name': 'show brought to a seat map',
                'verbose_name_plural': 'shows brought to a seat map',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('map_update', 'show'), name='updated_show_once', violation_error_message='An update brings each of its shows once.')],
            },
        ),
        migrations.CreateModel(
            name='ShowNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('texts', models.JSONField(default=list)),
                ('key', models.UUIDField(editable=False, unique=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='sent')),
                ('bookings', models.PositiveIntegerField(default=0, verbose_name='bookings')),
                ('done', models.PositiveIntegerField(default=0)),
                ('last_booking', models.BigIntegerField(default=0)),
                ('messages', models.PositiveIntegerField(default=0, verbose_name='messages')),
                ('worked_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('finished_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='finished at')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
                ('show', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='events.show', verbose_name='show')),
            ],
            options={
                'verbose_name': 'note to customers',
                'verbose_name_plural': 'notes to customers',
                'ordering': ['-made_at', '-pk'],
            },
        ),
    ]
