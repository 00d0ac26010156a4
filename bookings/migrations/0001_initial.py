import bookings.models.bookings
import bookings.models.vouchers
import bookings.models.waiting_list
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.lookups
import django.utils.timezone
import lib.key_fields
import uuid
from decimal import Decimal
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from lib.postgresql import OnPostgreSQL
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('events', '0001_initial'),
        ('theaters', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name='Booking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=bookings.models.bookings.make_booking_code, editable=False, max_length=12, unique=True)),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('name', models.CharField(blank=True, max_length=150, verbose_name='name')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                ('name_key', lib.key_fields.KeyField('name', blank=True, default='', editable=False, max_length=400)),
                ('phone_key', lib.key_fields.KeyField('phone', blank=True, default='', editable=False, max_length=40)),
                ('kind', models.CharField(choices=[('sale', 'sale'), ('complimentary', 'complimentary'), ('house', 'house')], default='sale', max_length=15, verbose_name='kind')),
                ('state', models.CharField(choices=[('held', 'held'), ('confirmed', 'confirmed'), ('canceled', 'canceled'), ('expired', 'expired')], default='held', max_length=10, verbose_name='state')),
                ('channel', models.CharField(choices=[('web', 'web'), ('api', 'API'), ('box_office', 'box office')], default='web', max_length=12, verbose_name='channel')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('is_extended', models.BooleanField(default=False)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('canceled_at', models.DateTimeField(blank=True, null=True)),
                ('currency', models.CharField(max_length=3)),
                ('total', models.DecimalField(decimal_places=3, max_digits=12)),
                ('discount', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=12)),
                ('fees', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=12)),
                ('tax', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=12)),
                ('credit', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=12)),
                ('locale', models.CharField(default='en', max_length=10)),
                ('network_key', models.CharField(blank=True, default='', editable=False, max_length=24)),
                ('idempotency_key', models.CharField(blank=True, max_length=80, null=True)),
                ('note', models.TextField(blank=True, max_length=20000, verbose_name='note')),
                ('link_version', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('moved_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to=settings.AUTH_USER_MODEL)),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('show', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='events.show')),
            ],
            options={
                'verbose_name': 'booking',
                'verbose_name_plural': 'bookings',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Drawer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('currency', models.CharField(max_length=3)),
                ('opening_float', models.DecimalField(decimal_places=3, max_digits=12, verbose_name='opening float')),
                ('opened_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='opened')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('expected', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True, verbose_name='expected')),
                ('counted', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True, verbose_name='counted')),
                ('denominations', models.JSONField(blank=True, default=dict, verbose_name='coins and notes')),
                ('explanation', models.CharField(blank=True, max_length=300, verbose_name='explanation')),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='closed by')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('theater', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='drawers', to='theaters.theater', verbose_name='theater')),
            ],
            options={
                'verbose_name': 'drawer',
                'verbose_name_plural': 'drawers',
                'ordering': ['-opened_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Exchange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('worth', models.DecimalField(decimal_places=3, max_digits=12)),
                ('refund', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=12)),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exchanges', to='bookings.booking')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('replacement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='exchange', to='bookings.booking')),
            ],
            options={
                'verbose_name': 'exchange',
                'verbose_name_plural': 'exchanges',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ExportMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gateway', models.CharField(max_length=20)),
                ('date_column', models.CharField(max_length=100, verbose_name='Date')),
                ('time_column', models.CharField(blank=True, max_length=100, verbose_name='Time')),
                ('amount_column', models.CharField(max_length=100, verbose_name='Amount')),
                ('reference_columns', models.JSONField(default=list, verbose_name='References')),
                ('currency_column', models.CharField(blank=True, max_length=100, verbose_name='Currency')),
                ('default_currency', models.CharField(blank=True, max_length=3, verbose_name='Currency of all lines')),
                ('kind_column', models.CharField(blank=True, max_length=100, verbose_name='Kind')),
                ('fee_column', models.CharField(blank=True, max_length=100, verbose_name='Fee')),
                ('payment_words', models.TextField(blank=True, max_length=2000, verbose_name='Kinds that are payments')),
                ('refund_words', models.TextField(blank=True, max_length=2000, verbose_name='Kinds that are refunds')),
                ('refund_signs', models.CharField(choices=[('minus', 'with a minus'), ('plus', 'without a minus'), ('either', 'either way')], default='minus', max_length=6, verbose_name='Amounts of refunds are written')),
                ('day_order', models.CharField(blank=True, choices=[('', 'as in the theater’s country'), ('day-month-year', 'day, month, year'), ('month-day-year', 'month, day, year')], max_length=20, verbose_name='Days are written')),
                ('is_utc', models.BooleanField(default=False, verbose_name='Times are UTC')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('theater', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='theaters.theater', verbose_name='theater')),
            ],
            options={
                'verbose_name': 'columns of an export',
                'verbose_name_plural': 'columns of exports',
            },
        ),
        migrations.CreateModel(
            name='ExportUpload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gateway', models.CharField(max_length=20)),
                ('file_name', models.CharField(max_length=200)),
                ('content', models.BinaryField()),
                ('first_day', models.DateField(blank=True, null=True)),
                ('last_day', models.DateField(blank=True, null=True)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('theater', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='theaters.theater')),
            ],
            options={
                'verbose_name': 'uploaded export',
                'verbose_name_plural': 'uploaded exports',
            },
        ),
        migrations.CreateModel(
            name='GatewayEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gateway', models.CharField(max_length=20)),
                ('event_id', models.CharField(max_length=255)),
                ('kind', models.CharField(max_length=80)),
                ('payload', models.JSONField(default=dict)),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': 'gateway event',
                'verbose_name_plural': 'gateway events',
                'constraints': [models.UniqueConstraint(fields=('gateway', 'event_id'), name='gateway_event_once', violation_error_message='This event of the gateway was received already.')],
            },
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gateway', models.CharField(max_length=20, verbose_name='gateway')),
                ('amount', models.DecimalField(decimal_places=3, max_digits=12, verbose_name='amount')),
                ('currency', models.CharField(max_length=3)),
                ('received_amount', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True, verbose_name='received')),
                ('received_currency', models.CharField(blank=True, db_default='', max_length=3)),
                ('refunded', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=12, verbose_name='refunded')),
                ('state', models.CharField(choices=[('started', 'started'), ('captured', 'captured'), ('declined', 'declined'), ('abandoned', 'abandoned'), ('surplus', 'to be refunded')], default='started', max_length=10, verbose_name='state')),
                ('surplus_reason', models.CharField(blank=True, choices=[('other_amount', 'another amount came than was asked for'), ('other_currency', 'it came in another currency than was asked for'), ('amount_changed', 'the amount due had changed'), ('paid_already', 'the booking was paid already'), ('booking_canceled', 'the booking was canceled'), ('show_canceled', 'the show was canceled'), ('show_over', 'the show was over'), ('show_moved', 'the show was moved'), ('off_sale', 'the show was no longer on sale'), ('places_gone', 'it came late, and the places were gone'), ('over_limit', 'it came late, and the customer had as many tickets as one may have'), ('voucher_used', 'it came late, and the voucher had been used'), ('exchange_off', 'the tickets to be exchanged were gone'), ('exchange_used', 'a ticket to be exchanged had been used'), ('exchange_refunded', 'the money of the tickets to be exchanged had gone back')], db_default='', max_length=20, verbose_name='why it bought nothing')),
                ('reference', models.CharField(blank=True, db_index=True, max_length=255, verbose_name='gateway reference')),
                ('key', models.UUIDField(editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('captured_at', models.DateTimeField(blank=True, null=True)),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='bookings.booking')),
                ('exchange', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='bookings.exchange')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('origin', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bookings.payment')),
            ],
            options={
                'verbose_name': 'payment',
                'verbose_name_plural': 'payments',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Reconciliation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gateway', models.CharField(max_length=20, verbose_name='gateway')),
                ('file_name', models.CharField(max_length=200, verbose_name='file')),
                ('starts_at', models.DateTimeField(verbose_name='from')),
                ('ends_at', models.DateTimeField(verbose_name='until')),
                ('ignored', models.JSONField(blank=True, default=dict, verbose_name='left out')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='at')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('theater', models.ForeignKey(blank=True, help_text='Empty: all theaters.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='theaters.theater', verbose_name='theater')),
            ],
            options={
                'verbose_name': 'reconciliation',
                'verbose_name_plural': 'reconciliations',
                'ordering': ['-made_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Refund',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('source', models.CharField(choices=[('here', 'asked for here'), ('gateway', 'made in the gateway’s own pages'), ('chargeback', 'chargeback')], db_default='here', default='here', max_length=10, verbose_name='origin')),
                ('amount', models.DecimalField(decimal_places=3, max_digits=12, verbose_name='amount')),
                ('state', models.CharField(choices=[('pending', 'pending'), ('succeeded', 'succeeded'), ('failed', 'failed')], default='pending', max_length=10, verbose_name='state')),
                ('way', models.CharField(choices=[('as_paid', 'the way it was paid'), ('cash', 'in cash at the counter'), ('transfer', 'by bank transfer'), ('outside', 'outside the system')], db_default='as_paid', default='as_paid', max_length=10, verbose_name='way')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('reference', models.CharField(blank=True, max_length=255, verbose_name='reference')),
                ('error', models.CharField(blank=True, max_length=300, verbose_name='error')),
                ('key', models.UUIDField(editable=False, unique=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('carried_to', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='carried_from', to='bookings.payment')),
                ('exchange', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='bookings.exchange')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='bookings.payment')),
            ],
            options={
                'verbose_name': 'refund',
                'verbose_name_plural': 'refunds',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='ReconciliationLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('result', models.CharField(choices=[('matched', 'matched'), ('differs', 'amount differs'), ('only_ours', 'only with us'), ('only_gateway', 'only with the gateway')], max_length=12, verbose_name='result')),
                ('kind', models.CharField(choices=[('payment', 'payment'), ('refund', 'refund')], max_length=7, verbose_name='kind')),
                ('number', models.PositiveIntegerField(blank=True, null=True, verbose_name='line')),
                ('reference', models.CharField(blank=True, max_length=255, verbose_name='gateway reference')),
                ('happened_at', models.DateTimeField(blank=True, null=True, verbose_name='at')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('gateway_amount', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True, verbose_name='with the gateway')),
                ('our_amount', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True, verbose_name='with us')),
                ('fee', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True, verbose_name='fee')),
                ('payment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bookings.payment')),
                ('reconciliation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='bookings.reconciliation')),
                ('refund', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='bookings.refund')),
            ],
            options={
                'verbose_name': 'line of a reconciliation',
                'verbose_name_plural': 'lines of reconciliations',
                'ordering': ['reconciliation', models.OrderBy(models.F('number'), nulls_last=True), 'pk'],
            },
        ),
        migrations.CreateModel(
            name='DrawerEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('sale', 'sale'), ('refund', 'refund'), ('pay_in', 'paid in'), ('pay_out', 'paid out')], max_length=8, verbose_name='kind')),
                ('amount', models.DecimalField(decimal_places=3, max_digits=12, verbose_name='amount')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('at', models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name='when')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('drawer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='bookings.drawer', verbose_name='drawer')),
                ('payment', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drawer_entry', to='bookings.payment')),
                ('refund', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drawer_entry', to='bookings.refund')),
            ],
            options={
                'verbose_name': 'cash movement',
                'verbose_name_plural': 'cash movements',
                'ordering': ['at', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Remedy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('failed', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='remedy', to='bookings.refund')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('refund', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='remedy_of', to='bookings.refund')),
            ],
            options={
                'verbose_name': 'remedy',
                'verbose_name_plural': 'remedies',
            },
        ),
        migrations.CreateModel(
            name='SandboxAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('decision', models.CharField(choices=[('approve', 'approve'), ('decline', 'decline'), ('later', 'later')], max_length=10)),
                ('amount', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True)),
                ('answers_at', models.DateTimeField()),
                ('refuses_refunds', models.BooleanField(default=False)),
                ('payment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='sandbox_answer', to='bookings.payment')),
            ],
            options={
                'verbose_name': 'answer of the sandbox',
                'verbose_name_plural': 'answers of the sandbox',
            },
        ),
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
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('show', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='cancellation', to='events.show')),
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
                ('error', models.CharField(blank=True, max_length=300, verbose_name='error')),
                ('booking', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='show_cancellation', to='bookings.booking')),
                ('refunds', models.ManyToManyField(blank=True, related_name='show_cancellations', to='bookings.refund')),
                ('cancellation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='bookings.showcancellation')),
            ],
            options={
                'verbose_name': 'booking of a canceled show',
                'verbose_name_plural': 'bookings of canceled shows',
                'ordering': ['pk'],
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
            },
        ),
        migrations.CreateModel(
            name='Ticket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('price', models.DecimalField(decimal_places=3, max_digits=12)),
                ('discount', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=12)),
                ('state', models.CharField(choices=[('held', 'held'), ('issued', 'issued'), ('canceled', 'canceled'), ('released', 'released')], default='held', max_length=10, verbose_name='state')),
                ('code', models.CharField(default=bookings.models.bookings.make_ticket_code, editable=False, max_length=16, unique=True)),
                ('attendee_name', models.CharField(blank=True, max_length=150, verbose_name='name')),
                ('attendee_key', lib.key_fields.KeyField('attendee_name', blank=True, db_default='', default='', editable=False, max_length=400)),
                ('area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='theaters.area')),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='bookings.booking')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='theaters.seatcategory')),
                ('moved_from', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='moved_to', to='bookings.ticket')),
                ('seat', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='theaters.seat')),
                ('show', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='events.show')),
                ('ticket_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='events.tickettype')),
            ],
            options={
                'verbose_name': 'ticket',
                'verbose_name_plural': 'tickets',
                'ordering': ['booking', 'seat__run', 'seat__position', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='refund',
            name='tickets',
            field=models.ManyToManyField(blank=True, related_name='refunds', to='bookings.ticket'),
        ),
        migrations.AddField(
            model_name='exchange',
            name='kept',
            field=models.ManyToManyField(related_name='+', to='bookings.ticket'),
        ),
        migrations.AddField(
            model_name='exchange',
            name='tickets',
            field=models.ManyToManyField(related_name='exchanges', to='bookings.ticket'),
        ),
        migrations.CreateModel(
            name='CheckIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gate', models.CharField(blank=True, max_length=60, verbose_name='gate')),
                ('direction', models.CharField(choices=[('in', 'in'), ('out', 'out')], default='in', max_length=3)),
                ('result', models.CharField(choices=[('admitted', 'admitted'), ('already_in', 'already in'), ('not_valid', 'not valid')], max_length=12)),
                ('reason', models.CharField(blank=True, choices=[('not_issued', 'The ticket is not paid.'), ('canceled', 'The ticket was canceled.'), ('replaced', 'The ticket was replaced: only the newest one admits.'), ('show_canceled', 'The show is canceled.'), ('other_show', 'The ticket is for another show.'), ('too_early', 'Too early: the doors of its show are not open yet.'), ('over', 'The show is over.'), ('not_inside', 'The ticket is not inside.')], max_length=15)),
                ('passage', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('device', models.CharField(blank=True, max_length=80)),
                ('key', models.CharField(blank=True, editable=False, max_length=80, null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='check_ins', to='bookings.ticket')),
            ],
            options={
                'verbose_name': 'check-in',
                'verbose_name_plural': 'check-ins',
                'ordering': ['-at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Voucher',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=bookings.models.vouchers.make_voucher_code, help_text='Customers may type it in capitals or small letters. A word is easily guessed; this one is not.', max_length=40, verbose_name='code')),
                ('code_key', lib.key_fields.KeyField('code', blank=True, default='', editable=False, max_length=200)),
                ('percent', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)])),
                ('amount', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(0)])),
                ('limit', models.PositiveIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000000)], verbose_name='uses')),
                ('limit_per_customer', models.PositiveIntegerField(default=1, help_text='Counted by account and by e-mail address. Guests can type another address: a limit that must hold needs “only with an account”.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000000)], verbose_name='uses per customer')),
                ('needs_account', models.BooleanField(default=False, help_text='Customers sign in to use it, with an e-mail address that they have confirmed.', verbose_name='only with an account')),
                ('used', models.PositiveIntegerField(default=0, editable=False)),
                ('starts_at', models.DateTimeField(blank=True, null=True)),
                ('ends_at', models.DateTimeField(blank=True, null=True)),
                ('event', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='events.event')),
                ('theater', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vouchers', to='theaters.theater')),
                ('ticket_types', models.ManyToManyField(blank=True, help_text='Empty: all.', to='events.tickettype')),
            ],
            options={
                'verbose_name': 'voucher',
                'verbose_name_plural': 'vouchers',
            },
        ),
        migrations.AddField(
            model_name='booking',
            name='voucher',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='bookings.voucher'),
        ),
        migrations.CreateModel(
            name='WaitingListEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=bookings.models.waiting_list.make_entry_code, editable=False, max_length=16, unique=True)),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('party_size', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(500)], verbose_name='people')),
                ('sits_together', models.BooleanField(default=True, verbose_name='only seats side by side')),
                ('needs_accessible', models.BooleanField(default=False, verbose_name='with a wheelchair place')),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('offered', 'offered'), ('booked', 'booked'), ('lapsed', 'lapsed'), ('left', 'left'), ('closed', 'closed')], default='waiting', max_length=10, verbose_name='state')),
                ('locale', models.CharField(default='en', max_length=10)),
                ('joined_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='since')),
                ('offered_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='offered')),
                ('ended_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('booking', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='waiting_list_entry', to='bookings.booking', verbose_name='booking')),
                ('categories', models.ManyToManyField(blank=True, related_name='+', to='theaters.seatcategory', verbose_name='categories')),
                ('customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='waiting_list', to=settings.AUTH_USER_MODEL)),
                ('show', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='waiting_list', to='events.show', verbose_name='show')),
            ],
            options={
                'verbose_name': 'waiting list entry',
                'verbose_name_plural': 'waiting list entries',
                'ordering': ['-joined_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Reservation',
            fields=[
                ('booking', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='reservation', serialize=False, to='bookings.booking')),
                ('until', models.DateTimeField(verbose_name='until')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
            ],
            options={
                'verbose_name': 'reservation',
                'verbose_name_plural': 'reservations',
                'ordering': ['until', 'pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='drawer',
            constraint=models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('theater', 'person'), name='drawer_one_open_per_person', violation_error_message='This person has an open drawer in this theater already.'),
        ),
        migrations.AddConstraint(
            model_name='drawer',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by__isnull', True), ('counted__isnull', True), ('expected__isnull', True)), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), ('counted__isnull', False), ('expected__isnull', False)), _connector='OR'), name='drawer_closed_with_count', violation_error_message='A drawer closes with a count, by a person, at a time.'),
        ),
        migrations.AddConstraint(
            model_name='drawer',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at', None), ('closed_at__gte', models.F('opened_at')), _connector='OR'), name='drawer_closes_after_opening', violation_error_message='A drawer closes after it was opened.'),
        ),
        migrations.AddConstraint(
            model_name='drawer',
            constraint=models.CheckConstraint(condition=models.Q(('opening_float__gte', 0), models.Q(('expected__isnull', True), ('expected__gte', 0), _connector='OR'), models.Q(('counted__isnull', True), ('counted__gte', 0), _connector='OR')), name='drawer_amounts_not_negative', violation_error_message='The amounts of a drawer are not less than zero.'),
        ),
        migrations.AddConstraint(
            model_name='drawer',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), ('counted', models.F('expected')), models.Q(('explanation', ''), _negated=True), _connector='OR'), name='drawer_difference_explained', violation_error_message='Say why the count differs from what is expected.'),
        ),
        migrations.AddConstraint(
            model_name='exportmapping',
            constraint=models.UniqueConstraint(condition=models.Q(('theater__isnull', False)), fields=('theater', 'gateway'), name='export_mapping_of_theater', violation_error_message='The columns of this theater’s files are chosen already.'),
        ),
        migrations.AddConstraint(
            model_name='exportmapping',
            constraint=models.UniqueConstraint(condition=models.Q(('theater__isnull', True)), fields=('gateway',), name='export_mapping_of_all', violation_error_message='The columns of the files for all theaters are chosen already.'),
        ),
        migrations.AddConstraint(
            model_name='exportmapping',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('currency_column', ''), _negated=True), models.Q(('default_currency', ''), _negated=True), _connector='OR'), name='export_mapping_has_currency', violation_error_message='Choose the column of the currency, or write the currency.'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('state', 'started')), fields=['created_at'], name='payment_started'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['-created_at', '-id'], name='payment_newest'),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(condition=models.Q(('state', 'surplus')), fields=['created_at'], name='payment_surplus'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'captured'), models.Q(('gateway', 'exchange'), _negated=True)), fields=('booking',), name='payment_one_captured_per_booking', violation_error_message='This booking has been paid already.'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('gateway', 'exchange'), _negated=True), ('origin__isnull', True)), models.Q(('exchange__isnull', False), ('gateway', 'exchange'), ('origin__isnull', False)), _connector='OR'), name='payment_exchange_has_origin', violation_error_message='What an exchange carries over needs the payment that it came from.'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='payment_amount_not_negative', violation_error_message='A payment is not less than zero.'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('refunded', 0), models.Q(('received_amount__isnull', False), ('refunded__gt', 0), ('refunded__lte', models.F('received_amount'))), _connector='OR'), name='payment_refunded_range', violation_error_message='No more can go back than was received.'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('received_amount__gte', 0), ('received_amount__isnull', False), models.Q(('received_currency', ''), _negated=True)), models.Q(models.Q(('state__in', ['captured', 'surplus']), _negated=True), ('received_amount__isnull', True), ('received_currency', '')), _connector='OR'), name='payment_received_known', violation_error_message='A payment that has arrived says how much it was, and in which currency.'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'captured'), _negated=True), models.Q(('received_amount', models.F('amount')), ('received_currency', models.F('currency'))), _connector='OR'), name='payment_captured_in_full', violation_error_message='A payment that was taken has arrived in full.'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'surplus'), models.Q(('surplus_reason', ''), _negated=True)), models.Q(models.Q(('state', 'surplus'), _negated=True), ('surplus_reason', '')), _connector='OR'), name='payment_surplus_has_reason', violation_error_message='Money that is left over needs a reason.'),
        ),
        migrations.AddConstraint(
            model_name='reconciliation',
            constraint=models.CheckConstraint(condition=models.Q(('starts_at__lte', models.F('ends_at'))), name='reconciliation_period', violation_error_message='The period ends after it begins.'),
        ),
        migrations.AddIndex(
            model_name='reconciliationline',
            index=models.Index(fields=['reconciliation', 'result'], name='reconciliation_result'),
        ),
        migrations.AddConstraint(
            model_name='reconciliationline',
            constraint=models.UniqueConstraint(fields=('reconciliation', 'number'), name='reconciliation_line_once', violation_error_message='This line of the file was read already.'),
        ),
        migrations.AddConstraint(
            model_name='reconciliationline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('gateway_amount__isnull', True), ('number__isnull', True), ('result', 'only_ours')), models.Q(models.Q(('result', 'only_ours'), _negated=True), ('gateway_amount__isnull', False), ('number__isnull', False)), _connector='OR'), name='reconciliation_line_of_file', violation_error_message='A line of the file has a number and an amount.'),
        ),
        migrations.AddConstraint(
            model_name='drawerentry',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='drawer_entry_amount_positive', violation_error_message='A cash movement is more than zero.'),
        ),
        migrations.AddConstraint(
            model_name='drawerentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'sale'), ('payment__isnull', False), ('refund__isnull', True)), models.Q(('kind', 'refund'), ('payment__isnull', True), ('refund__isnull', False)), models.Q(('kind__in', ['pay_in', 'pay_out']), ('payment__isnull', True), ('refund__isnull', True), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='drawer_entry_says_why', violation_error_message='A cash movement names its sale, its refund or its reason.'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.CheckConstraint(condition=models.Q(('failed', models.F('refund')), _negated=True), name='remedy_is_another_refund', violation_error_message='A failed refund is not its own remedy.'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='remedy_has_reason', violation_error_message='A remedy needs a reason.'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.CheckConstraint(condition=models.Q(('refund__isnull', False), ('failed__isnull', False), _connector='OR'), name='remedy_of_something', violation_error_message='A remedy needs the refund that it stands for.'),
        ),
        migrations.AddConstraint(
            model_name='remedy',
            constraint=models.CheckConstraint(condition=models.Q(('made_by__isnull', False), models.Q(('failed__isnull', False), ('refund__isnull', False)), _connector='OR'), name='remedy_made_by_somebody', violation_error_message='A remedy names who made it, unless it replaces a failed refund.'),
        ),
        migrations.AddIndex(
            model_name='canceledbooking',
            index=models.Index(fields=['cancellation', 'state'], name='canceled_booking_state'),
        ),
        migrations.AddConstraint(
            model_name='canceledbooking',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='canceled_booking_amount_not_negative', violation_error_message='What a canceled booking gets back is not less than zero.'),
        ),
        migrations.AddConstraint(
            model_name='showmove',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'planned')), fields=('show',), name='show_move_one_plan', violation_error_message='A move of this show is planned already.'),
        ),
        migrations.AddConstraint(
            model_name='showmove',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'applied'), _negated=True), ('applied_at__isnull', False), _connector='OR'), name='show_move_applied_at', violation_error_message='A move that was carried out needs its time.'),
        ),
        migrations.AddIndex(
            model_name='ticket',
            index=models.Index(fields=['show', 'state'], name='ticket_show_state'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.UniqueConstraint(condition=models.Q(('seat__isnull', False), ('state__in', ['held', 'issued'])), fields=('show', 'seat'), name='ticket_one_live_per_seat', violation_error_message='This seat is taken.'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('area__isnull', True), ('seat__isnull', False)), models.Q(('area__isnull', False), ('seat__isnull', True)), _connector='OR'), name='ticket_seat_or_area', violation_error_message='A ticket is for a seat or for an area, not for both.'),
        ),
        migrations.AddConstraint(
            model_name='ticket',
            constraint=models.CheckConstraint(condition=models.Q(('price__gte', 0), ('discount__gte', 0), ('discount__lte', models.F('price'))), name='ticket_price_range', violation_error_message='The discount of a ticket is between zero and its price.'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(condition=models.Q(('source', 'here'), _negated=True), fields=['payment'], name='refund_outside'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.UniqueConstraint(condition=models.Q(('source', 'here'), _negated=True), fields=('source', 'reference'), name='refund_outside_once', violation_error_message='This refund of the gateway is noted already.'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('source', 'here'), models.Q(('carried_to__isnull', True), ('way', 'as_paid'), models.Q(('reference', ''), _negated=True)), _connector='OR'), name='refund_outside_has_reference', violation_error_message='A refund that was made elsewhere needs its reference.'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='refund_amount_positive', violation_error_message='A refund is more than zero.'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('carried_to__isnull', True), ('state', 'succeeded'), _connector='OR'), name='refund_carried_at_once', violation_error_message='What an exchange carries over has arrived at once.'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('reference', ''), ('way', 'transfer'), _negated=True), name='refund_transfer_has_reference', violation_error_message='A transfer needs its reference.'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('way', 'as_paid'), models.Q(models.Q(('state', 'failed'), _negated=True), ('carried_to__isnull', True)), _connector='OR'), name='refund_by_hand_succeeds', violation_error_message='Money that staff gave back by hand has arrived.'),
        ),
        migrations.AddConstraint(
            model_name='exchange',
            constraint=models.CheckConstraint(condition=models.Q(('worth__gte', 0), ('refund__gte', 0), ('refund__lte', models.F('worth'))), name='exchange_amounts_range', violation_error_message='An exchange gives back no more than the tickets are worth.'),
        ),
        migrations.AddConstraint(
            model_name='exchange',
            constraint=models.CheckConstraint(condition=models.Q(('booking', models.F('replacement')), _negated=True), name='exchange_two_bookings', violation_error_message='A booking is exchanged for another one.'),
        ),
        migrations.AddConstraint(
            model_name='checkin',
            constraint=models.UniqueConstraint(fields=('ticket', 'passage'), name='check_in_passage_once', violation_error_message='This ticket was scanned at the same moment.'),
        ),
        migrations.AddConstraint(
            model_name='checkin',
            constraint=models.UniqueConstraint(condition=models.Q(('key__isnull', False)), fields=('by', 'key'), name='check_in_key_once', violation_error_message='This scan was received already.'),
        ),
        migrations.AddConstraint(
            model_name='checkin',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('passage__isnull', True), ('result__in', ['already_in', 'not_valid'])), models.Q(('direction', 'in'), ('passage__isnull', False), ('result', 'admitted'), django.db.models.lookups.Exact(django.db.models.expressions.CombinedExpression(models.F('passage'), '%%', models.Value(2)), 1)), models.Q(('direction', 'out'), ('passage__isnull', False), ('result', 'admitted'), django.db.models.lookups.Exact(django.db.models.expressions.CombinedExpression(models.F('passage'), '%%', models.Value(2)), 0)), _connector='OR'), name='check_in_passage_alternates', violation_error_message='A ticket goes in and out by turns.'),
        ),
        migrations.AddConstraint(
            model_name='voucher',
            constraint=models.UniqueConstraint(fields=('theater', 'code_key'), name='voucher_code_of_theater', violation_error_message='This theater has a voucher with this code already.'),
        ),
        migrations.AddConstraint(
            model_name='voucher',
            constraint=models.CheckConstraint(condition=models.Q(('used__lte', models.F('limit'))), name='voucher_within_limit', violation_error_message='The voucher has been used more often than this.'),
        ),
        migrations.AddConstraint(
            model_name='voucher',
            constraint=models.CheckConstraint(condition=models.Q(('ends_at', None), ('starts_at', None), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='voucher_ends_after_start', violation_error_message='A voucher ends after it starts.'),
        ),
        migrations.AddConstraint(
            model_name='voucher',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__isnull', True), ('percent__isnull', False)), models.Q(('amount__isnull', False), ('percent__isnull', True)), _connector='OR'), name='voucher_percent_or_amount', violation_error_message='Fill in either a percentage or an amount.'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(condition=models.Q(('state', 'held')), fields=['expires_at'], name='booking_lapsing'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(condition=models.Q(('state', 'expired')), fields=['expires_at'], name='booking_expired'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(condition=models.Q(('network_key', ''), _negated=True), fields=['show', 'network_key'], name='booking_network'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(fields=['email'], name='booking_email'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(condition=models.Q(('phone_key', ''), _negated=True), fields=['phone_key'], name='booking_phone'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(fields=['name_key'], name='booking_name'),
        ),
        migrations.AddIndex(
            model_name='booking',
            index=models.Index(fields=['-created_at', '-id'], name='booking_newest'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'held'), _negated=True), ('expires_at__isnull', False), ('kind', 'house'), _connector='OR'), name='booking_held_expires', violation_error_message='A hold needs a time at which it expires.'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'confirmed'), _negated=True), ('confirmed_at__isnull', False), _connector='OR'), name='booking_confirmed_at', violation_error_message='A confirmed booking needs the time of its confirmation.'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('total__gte', 0), ('discount__gte', 0), ('fees__gte', 0), ('tax__gte', 0)), name='booking_amounts_not_negative', violation_error_message='The amounts of a booking are not less than zero.'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('credit__gte', 0), ('credit__lte', models.F('total'))), name='booking_credit_range', violation_error_message='The credit of a booking is between zero and its total.'),
        ),
        migrations.AddConstraint(
            model_name='booking',
            constraint=models.UniqueConstraint(condition=models.Q(('idempotency_key__isnull', False)), fields=('customer', 'idempotency_key'), name='booking_idempotency', violation_error_message='This call has made a booking already.'),
        ),
        migrations.AddIndex(
            model_name='waitinglistentry',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['show', 'joined_at'], name='waiting_list_line'),
        ),
        migrations.AddIndex(
            model_name='waitinglistentry',
            index=models.Index(fields=['-joined_at', '-id'], name='waiting_list_newest'),
        ),
        migrations.AddConstraint(
            model_name='waitinglistentry',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'offered']), models.Q(('email', ''), _negated=True)), fields=('show', 'email'), name='waiting_list_once', violation_error_message='This address is on the waiting list of this show already.'),
        ),
        migrations.AddConstraint(
            model_name='waitinglistentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['offered', 'booked', 'lapsed']), _negated=True), ('booking__isnull', False), _connector='OR'), name='waiting_list_offer_has_booking', violation_error_message='An offer needs the places that it holds.'),
        ),
        migrations.AddConstraint(
            model_name='waitinglistentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'waiting'), _negated=True), ('booking__isnull', True), _connector='OR'), name='waiting_list_waits_without_booking', violation_error_message='Who waits holds no places yet.'),
        ),
        migrations.AddConstraint(
            model_name='waitinglistentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['waiting', 'offered']), _negated=True), models.Q(('email', ''), _negated=True), _connector='OR'), name='waiting_list_live_has_address', violation_error_message='Who waits needs an address to write to.'),
        ),
        # The console finds a part of a name or an address by it.
        OnPostgreSQL(
            "CREATE INDEX booking_name_and_email_parts ON bookings_booking "
            "USING gin (name_key gin_trgm_ops, email gin_trgm_ops)",
            "DROP INDEX booking_name_and_email_parts",
        ),
        # References are read from their ends.
        OnPostgreSQL(
            "CREATE INDEX payment_reference_ending ON bookings_payment (reverse(upper(reference)) text_pattern_ops)",
            "DROP INDEX payment_reference_ending",
        ),
        OnPostgreSQL(
            "CREATE INDEX refund_reference_ending ON bookings_refund (reverse(upper(reference)) text_pattern_ops)",
            "DROP INDEX refund_reference_ending",
        ),
    ]
