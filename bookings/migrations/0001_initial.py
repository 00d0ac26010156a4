import bookings.models.bookings
import bookings.models.vouchers
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
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
        ('legal', '0001_initial'),
        ('theaters', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name='Booking',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=bookings.models.bookings.make_booking_code, editable=False, max_length=12, unique=True, verbose_name='code')),
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
                ('transfer_due_on', models.DateField(blank=True, editable=False, null=True)),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('canceled_at', models.DateTimeField(blank=True, null=True)),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('total', models.DecimalField(decimal_places=3, max_digits=12, verbose_name='total')),
                ('discount', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=12)),
                ('fees', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=12)),
                ('tax', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=12)),
                ('credit', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=12)),
                ('locale', models.CharField(default='en', max_length=10)),
                ('network_key', models.CharField(blank=True, default='', editable=False, max_length=24)),
                ('idempotency_key', models.CharField(blank=True, max_length=80, null=True)),
                ('cart', models.CharField(blank=True, editable=False, max_length=32, null=True)),
                ('note', models.TextField(blank=True, max_length=20000, verbose_name='note')),
                ('link_version', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('customer', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to=settings.AUTH_USER_MODEL, verbose_name='customer')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('theater', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='theaters.theater', verbose_name='theater')),
            ],
            options={
                'verbose_name': 'booking',
                'verbose_name_plural': 'bookings',
                'ordering': ['-created_at', '-pk'],
                'indexes': [
                    models.Index(condition=models.Q(('state', 'held')), fields=['expires_at'], name='booking_lapsing'),
                    models.Index(condition=models.Q(('state', 'expired')), fields=['expires_at'], name='booking_expired'),
                    models.Index(condition=models.Q(('network_key', ''), _negated=True), fields=['network_key'], name='booking_network'),
                    models.Index(condition=models.Q(('cart__isnull', False)), fields=['cart'], name='booking_cart'),
                    models.Index(fields=['email'], name='booking_email'),
                    models.Index(condition=models.Q(('phone_key', ''), _negated=True), fields=['phone_key'], name='booking_phone'),
                    models.Index(fields=['name_key'], name='booking_name'),
                    models.Index(fields=['-created_at', '-id'], name='booking_newest'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('state', 'held'), _negated=True), ('expires_at__isnull', False), ('kind', 'house'), _connector='OR'), name='booking_held_expires', violation_error_message='A hold needs a time at which it expires.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('state', 'confirmed'), _negated=True), ('confirmed_at__isnull', False), _connector='OR'), name='booking_confirmed_at', violation_error_message='A confirmed booking needs the time of its confirmation.'),
                    models.CheckConstraint(condition=models.Q(('total__gte', 0), ('discount__gte', 0), ('fees__gte', 0), ('tax__gte', 0)), name='booking_amounts_not_negative', violation_error_message='The amounts of a booking are not less than zero.'),
                    models.CheckConstraint(condition=models.Q(('credit__gte', 0), ('credit__lte', models.F('total'))), name='booking_credit_range', violation_error_message='The credit of a booking is between zero and its total.'),
                    models.UniqueConstraint(condition=models.Q(('idempotency_key__isnull', False)), fields=('customer', 'idempotency_key'), name='booking_idempotency', violation_error_message="This call has already made a booking."),
                    models.CheckConstraint(condition=models.Q(('idempotency_key__isnull', True), ('customer__isnull', False), _connector='OR'), name='booking_idempotency_of_customer', violation_error_message='An idempotency key belongs to a customer.'),
                    models.UniqueConstraint(condition=models.Q(('cart__isnull', False), ('channel', 'web'), ('state', 'held')), fields=('theater', 'cart'), name='booking_once_for_form', violation_error_message='This form has made a booking already.'),
                    models.CheckConstraint(condition=models.Q(('cart', ''), _negated=True), name='booking_cart_not_empty', violation_error_message="The key of a cart cannot be empty."),
                ],
            },
        ),
        migrations.CreateModel(
            name='Ticket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('price', models.DecimalField(decimal_places=3, max_digits=12)),
                ('discount', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=12)),
                ('amount', models.DecimalField(decimal_places=3, max_digits=12)),
                ('fees', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=12)),
                ('tax', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=12)),
                ('fees_tax', models.DecimalField(db_default=Decimal('0'), decimal_places=3, default=Decimal('0'), max_digits=12)),
                ('tax_rate', models.DecimalField(db_default=Decimal('0'), decimal_places=4, default=Decimal('0'), max_digits=7)),
                ('fees_tax_rate', models.DecimalField(db_default=Decimal('0'), decimal_places=4, default=Decimal('0'), max_digits=7)),
                ('returned_fees', models.DecimalField(db_default=Decimal('0'), decimal_places=3, default=Decimal('0'), max_digits=12)),
                ('credited', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=12)),
                ('credited_fees', models.DecimalField(db_default=Decimal('0'), decimal_places=3, default=Decimal('0'), max_digits=12)),
                ('state', models.CharField(choices=[('held', 'held'), ('issued', 'issued'), ('canceled', 'canceled'), ('released', 'released')], default='held', max_length=10, verbose_name='state')),
                ('code', models.CharField(default=bookings.models.bookings.make_ticket_code, editable=False, max_length=16, unique=True, verbose_name='code')),
                ('held_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('attendee_name', models.CharField(blank=True, max_length=150, verbose_name='name')),
                ('attendee_key', lib.key_fields.KeyField('attendee_name', blank=True, db_default='', default='', editable=False, max_length=400)),
                ('attendee_email', models.EmailField(blank=True, db_default='', default='', max_length=254, verbose_name='passed on to')),
                ('show_moved_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('is_withdrawn', models.BooleanField(default=False, editable=False)),
                ('area', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='theaters.area', verbose_name='area')),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='bookings.booking', verbose_name='booking')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='theaters.seatcategory', verbose_name='category')),
                ('moved_from', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='moved_to', to='bookings.ticket')),
                ('seat', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='theaters.seat', verbose_name='seat')),
                ('show', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='events.show', verbose_name='show')),
                ('ticket_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tickets', to='events.tickettype', verbose_name='ticket type')),
            ],
            options={
                'verbose_name': 'ticket',
                'verbose_name_plural': 'tickets',
                'ordering': ['booking', 'seat__run', 'seat__position', 'pk'],
                'indexes': [
                    models.Index(fields=['show', 'state'], name='ticket_show_state'),
                    models.Index(condition=models.Q(('attendee_email', ''), _negated=True), fields=['attendee_email'], name='ticket_passed_on'),
                ],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('seat__isnull', False), ('state__in', ['held', 'issued'])), fields=('show', 'seat'), name='ticket_one_live_per_seat', violation_error_message='This seat is taken.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('area__isnull', True), ('seat__isnull', False)), models.Q(('area__isnull', False), ('seat__isnull', True)), _connector='OR'), name='ticket_seat_or_area', violation_error_message='A ticket is for a seat or for an area, not for both.'),
                    models.CheckConstraint(condition=models.Q(('price__gte', 0), ('discount__gte', 0), ('discount__lte', models.F('price'))), name='ticket_price_range', violation_error_message='The discount of a ticket is between zero and its price.'),
                    models.CheckConstraint(condition=models.Q(('credited__gte', models.F('credited_fees')), ('credited__lte', django.db.models.expressions.CombinedExpression(models.F('amount'), '+', models.F('fees'))), ('credited_fees__gte', 0), ('credited_fees__lte', models.F('fees')), ('fees__gte', 0), ('returned_fees__gte', 0), ('returned_fees__lte', models.F('fees'))), name='ticket_amount_range', violation_error_message='A ticket pays for others with no more than was paid for it.'),
                ],
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
                ('completed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exchanges', to='bookings.booking')),
                ('hold', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='exchange', to='bookings.booking')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('returned', models.ManyToManyField(related_name='exchanges', to='bookings.ticket')),
            ],
            options={
                'verbose_name': 'exchange',
                'verbose_name_plural': 'exchanges',
                'ordering': ['-created_at', '-pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('refund__gte', 0), ('refund__lte', models.F('worth')), ('worth__gte', 0)), name='exchange_amounts_range', violation_error_message='An exchange refunds no more than the tickets are worth.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('completed_at__isnull', False), ('hold__isnull', True)), models.Q(('completed_at__isnull', True), ('hold__isnull', False), models.Q(('booking', models.F('hold')), _negated=True)), _connector='OR'), name='exchange_held_or_complete', violation_error_message='Until it is complete, an exchange has a hold beside its booking.'),
                ],
            },
        ),
        migrations.AddField(
            model_name='ticket',
            name='exchange',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='taken', to='bookings.exchange'),
        ),

        migrations.CreateModel(
            name='Voucher',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=bookings.models.vouchers.make_voucher_code, help_text="Customers may type it in capitals or small letters. Words are easily guessed; this "
                    "code is not.", max_length=40, verbose_name='code')),
                ('code_key', lib.key_fields.KeyField('code', blank=True, default='', editable=False, max_length=200)),
                ('percent', models.DecimalField(blank=True, decimal_places=2, max_digits=5, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)])),
                ('amount', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(0)])),
                ('limit', models.PositiveIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000000)], verbose_name='uses')),
                ('limit_per_customer', models.PositiveIntegerField(default=1, help_text="Counted by account and by e-mail address. Guests can type another address, so a "
                    "strict limit needs “only with an account”.", validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000000)], verbose_name='uses per customer')),
                ('needs_account', models.BooleanField(default=False, help_text="Customers have to sign in to use it, with a confirmed e-mail address.", verbose_name='only with an account')),
                ('used', models.PositiveIntegerField(default=0, editable=False, verbose_name='used')),
                ('starts_at', models.DateTimeField(blank=True, null=True, verbose_name='starts at')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='ends at')),
                ('event', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='events.event', verbose_name='event')),
                ('theater', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='vouchers', to='theaters.theater', verbose_name='theater')),
                ('ticket_types', models.ManyToManyField(blank=True, help_text='Empty: all.', to='events.tickettype')),
            ],
            options={
                'verbose_name': 'voucher',
                'verbose_name_plural': 'vouchers',
                'constraints': [
                    models.UniqueConstraint(fields=('theater', 'code_key'), name='voucher_code_of_theater', violation_error_message='This theater has a voucher with this code already.'),
                    models.CheckConstraint(condition=models.Q(('used__lte', models.F('limit'))), name='voucher_within_limit', violation_error_message='The voucher has been used more often than this.'),
                    models.CheckConstraint(condition=models.Q(('ends_at', None), ('starts_at', None), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='voucher_ends_after_start', violation_error_message='A voucher ends after it starts.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('amount__isnull', True), ('percent__isnull', False)), models.Q(('amount__isnull', False), ('percent__isnull', True)), _connector='OR'), name='voucher_percent_or_amount', violation_error_message='Fill in either a percentage or an amount.'),
                ],
            },
        ),
        migrations.AddField(
            model_name='booking',
            name='voucher',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='bookings.voucher'),
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
        migrations.CreateModel(
            name='HouseSeries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purpose', models.CharField(choices=[('house', 'House'), ('promoter', 'Promoter'), ('schools', 'School groups'), ('box_office', 'Box office')], max_length=10, verbose_name='purpose')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('hours_before', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='free again (hours before)')),
                ('follows', models.BooleanField(default=False, verbose_name='for later shows too')),
                ('places', models.JSONField(default=dict)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('event', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='events.event', verbose_name='event')),
                ('hall', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='theaters.hall', verbose_name='hall')),
                ('made_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
            ],
            options={
                'verbose_name': 'series of house holds',
                'verbose_name_plural': 'series of house holds',
                'ordering': ['-made_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='HouseHold',
            fields=[
                ('booking', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='house_hold', serialize=False, to='bookings.booking')),
                ('purpose', models.CharField(choices=[('house', 'House'), ('promoter', 'Promoter'), ('schools', 'School groups'), ('box_office', 'Box office')], max_length=10, verbose_name='purpose')),
                ('show', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='events.show')),
                ('series', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='bookings.houseseries')),
            ],
            options={
                'verbose_name': 'house hold',
                'verbose_name_plural': 'house holds',
                'constraints': [models.UniqueConstraint(fields=('series', 'show'), name='house_hold_once_per_series_and_show', violation_error_message='This series has its places in this show already.'), models.CheckConstraint(condition=models.Q(models.Q(('series__isnull', True), ('show__isnull', True)), models.Q(('series__isnull', False), ('show__isnull', False)), _connector='OR'), name='house_hold_show_of_series', violation_error_message='A house hold of a series has a show, and only such a one.')],
            },
        ),
        migrations.CreateModel(
            name='DroppedPlaces',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('places', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1)])),
                ('held_at', models.DateTimeField()),
                ('dropped_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dropped_places', to='bookings.booking')),
                ('show', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='events.show')),
            ],
            options={
                'verbose_name': 'dropped places',
                'verbose_name_plural': 'dropped places',
                'ordering': ['dropped_at', 'pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('places__gte', 1)), name='dropped_places_some', violation_error_message='At least one place was dropped.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='TicketPrint',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stock', models.CharField(choices=[('a4_1', 'A4, one ticket a page'), ('a4_2', 'A4, two tickets a page'), ('a4_4', 'A4, four tickets a page'), ('roll_80', 'roll, 80 mm wide'), ('card_8x3', 'card, 8 × 3 in (203 × 76 mm)'), ('card_5x2', 'card, 5½ × 2 in (140 × 51 mm)')], max_length=10, verbose_name='stock')),
                ('format', models.CharField(choices=[('pdf', 'PDF'), ('escpos', 'file for a receipt printer (ESC/POS)')], default='pdf', max_length=10, verbose_name='format')),
                ('copy', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1)], verbose_name='copy')),
                ('reason', models.CharField(blank=True, choices=[('printer', 'the printer failed'), ('damaged', 'damaged or illegible'), ('lost', 'lost or forgotten'), ('another', 'a copy for someone else of the party')], max_length=10, verbose_name='reason')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='prints', to='bookings.booking')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('tickets', models.ManyToManyField(related_name='prints', to='bookings.ticket')),
            ],
            options={
                'verbose_name': 'print of tickets',
                'verbose_name_plural': 'prints of tickets',
                'ordering': ['at', 'pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('copy__gte', 1), models.Q(('copy', 1), models.Q(('reason', ''), _negated=True), _connector='OR')), name='ticket_print_again_for_a_reason', violation_error_message='Say why it is printed again.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='FeeLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('amount', models.DecimalField(decimal_places=3, max_digits=12, verbose_name='amount')),
                ('tax_rate', models.DecimalField(decimal_places=4, max_digits=7, verbose_name='tax rate')),
                ('tax', models.DecimalField(decimal_places=3, max_digits=12, verbose_name='tax')),
                ('is_returned', models.BooleanField(default=False, verbose_name='returned on cancellation')),
                ('credited', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=12)),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fee_lines', to='bookings.booking', verbose_name='booking')),
                ('rule', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='events.feerule', verbose_name='fee')),
                ('ticket', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='fee_lines', to='bookings.ticket', verbose_name='ticket')),
            ],
            options={
                'verbose_name': 'fee of a booking',
                'verbose_name_plural': 'fees of bookings',
                'ordering': ['booking', 'pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('credited__gte', 0), ('credited__lte', models.F('amount')), ('tax__gte', 0), ('tax__lte', models.F('amount'))), name='fee_line_range', violation_error_message='A fee is more than zero, and pays for others with no more than that.'),
                ],
            },
        ),
        OnPostgreSQL(
            "CREATE INDEX booking_name_and_email_parts ON bookings_booking "
            "USING gin (name_key gin_trgm_ops, email gin_trgm_ops)",
            "DROP INDEX booking_name_and_email_parts",
        ),
        migrations.CreateModel(
            name='Acceptance',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acceptances', to='bookings.booking', verbose_name='booking')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acceptances', to='legal.legalversion', verbose_name='version')),
                ('language', models.CharField(max_length=10, verbose_name='language')),
                ('how', models.CharField(choices=[('checkout', 'shown at checkout'), ('box', 'ticked at checkout'), ('till', 'shown at the box office'), ('api', 'shown by an app')], max_length=10, verbose_name='how')),
                ('accepted_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='when')),
            ],
            options={
                'verbose_name': 'accepted text',
                'verbose_name_plural': 'accepted texts',
                'ordering': ['booking', 'pk'],
                'constraints': [models.UniqueConstraint(fields=('booking', 'version'), name='acceptance_unique', violation_error_message='This version is on record for the booking already.')],
            },
        ),
    ]
