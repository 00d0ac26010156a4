import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import uuid
from decimal import Decimal
from django.conf import settings
from lib.postgresql import OnPostgreSQL
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('bookings', '0001_initial'),
        ('theaters', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BankAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('holder', models.CharField(help_text='As the bank writes it: many banks compare it with the IBAN.', max_length=70, verbose_name='account holder')),
                ('iban', models.CharField(max_length=42, verbose_name='IBAN')),
                ('bic', models.CharField(blank=True, max_length=11, verbose_name='BIC')),
                ('theater', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='bank_account', to='theaters.theater', verbose_name='theater')),
            ],
            options={
                'verbose_name': 'bank account',
                'verbose_name_plural': 'bank accounts',
                'ordering': ['theater'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('iban', ''), _negated=True), models.Q(('holder', ''), _negated=True)), name='bank_account_complete', violation_error_message='A bank account needs its holder and its IBAN.')],
            },
        ),
        migrations.CreateModel(
            name='TransferCustomer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(help_text='Of the account with which they sign in.', max_length=254, verbose_name='e-mail')),
                ('note', models.CharField(blank=True, help_text='Such as: grammar school, pays by term', max_length=200, verbose_name='note')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='since')),
                ('theater', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='transfer_customers', to='theaters.theater', verbose_name='theater')),
            ],
            options={
                'verbose_name': 'customer who may pay by bank transfer',
                'verbose_name_plural': 'customers who may pay by bank transfer',
                'ordering': ['theater', 'email'],
                'constraints': [models.UniqueConstraint(fields=('theater', 'email'), name='transfer_customer_once', violation_error_message='This customer may already pay by bank transfer.')],
            },
        ),
        migrations.CreateModel(
            name='Till',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('prefix', models.CharField(help_text='Another prefix begins another series, with number 1.', max_length=12, validators=[django.core.validators.RegexValidator('^[A-Z0-9][A-Z0-9-]*$', 'Capital letters, digits and hyphens.')], verbose_name='prefix of its receipts')),
                ('is_in_use', models.BooleanField(default=True, verbose_name='in use')),
                ('theater', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tills', to='theaters.theater', verbose_name='theater')),
            ],
            options={
                'verbose_name': 'till',
                'verbose_name_plural': 'tills',
                'ordering': ['theater', 'name', 'pk'],
                'constraints': [
                    models.UniqueConstraint(fields=('theater', 'prefix'), name='till_prefix_unique', violation_error_message='Another till of this theater has this prefix.'),
                    models.CheckConstraint(condition=models.Q(('prefix', ''), _negated=True), name='till_has_prefix', violation_error_message='A till needs a prefix.'),
                ],
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
                ('till', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drawers', to='payments.till', verbose_name='till')),
            ],
            options={
                'verbose_name': 'drawer',
                'verbose_name_plural': 'drawers',
                'ordering': ['-opened_at', '-pk'],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('closed_at__isnull', True)), fields=('theater', 'person'), name='drawer_one_open_per_person', violation_error_message='This person already has an open drawer in this theater.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by__isnull', True), ('counted__isnull', True), ('expected__isnull', True)), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False), ('counted__isnull', False), ('expected__isnull', False)), _connector='OR'), name='drawer_closed_with_count', violation_error_message='A closed drawer needs a count, a person and a time.'),
                    models.CheckConstraint(condition=models.Q(('closed_at', None), ('closed_at__gte', models.F('opened_at')), _connector='OR'), name='drawer_closes_after_opening', violation_error_message='A drawer can’t close before it was opened.'),
                    models.CheckConstraint(condition=models.Q(('opening_float__gte', 0), models.Q(('expected__isnull', True), ('expected__gte', 0), _connector='OR'), models.Q(('counted__isnull', True), ('counted__gte', 0), _connector='OR')), name='drawer_amounts_not_negative', violation_error_message='The amounts of a drawer can’t be negative.'),
                    models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), ('counted', models.F('expected')), models.Q(('explanation', ''), _negated=True), _connector='OR'), name='drawer_difference_explained', violation_error_message='Say why the count differs from what is expected.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ExportMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gateway', models.CharField(choices=[('sandbox', 'Test payment'), ('stripe', 'Card or wallet'), ('mollie', 'Bank, card or wallet'), ('cash', 'Cash'), ('terminal', 'Card terminal'), ('transfer', 'Bank transfer')], max_length=20)),
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
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('theater__isnull', False)), fields=('theater', 'gateway'), name='export_mapping_of_theater', violation_error_message='The columns of this theater’s files are already chosen.'),
                    models.UniqueConstraint(condition=models.Q(('theater__isnull', True)), fields=('gateway',), name='export_mapping_of_all', violation_error_message='The columns of the files for all theaters are already chosen.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('currency_column', ''), _negated=True), models.Q(('default_currency', ''), _negated=True), _connector='OR'), name='export_mapping_has_currency', violation_error_message='Choose the currency column, or enter the currency.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='GatewayAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gateway', models.CharField(choices=[('stripe', 'Stripe'), ('mollie', 'Mollie')], max_length=20, verbose_name='gateway')),
                ('token', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('encrypted_key', models.TextField(editable=False, max_length=20000)),
                ('key_ending', models.CharField(editable=False, max_length=4, verbose_name='key ends with')),
                ('is_live', models.BooleanField(editable=False, verbose_name='takes real money')),
                ('encrypted_webhook_secret', models.TextField(blank=True, editable=False, max_length=20000)),
                ('encrypted_old_webhook_secret', models.TextField(blank=True, editable=False, max_length=20000)),
                ('old_webhook_secret_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('remote_id', models.CharField(blank=True, editable=False, max_length=120, verbose_name='account at the gateway')),
                ('remote_name', models.CharField(blank=True, editable=False, max_length=200, verbose_name='name at the gateway')),
                ('test_result', models.CharField(choices=[('none', 'not tested yet'), ('works', 'works'), ('refused', 'the gateway does not accept the key'), ('unreachable', 'the gateway does not answer'), ('other_account', 'the key belongs to another account'), ('not_active', 'the account can’t take payments yet; finish its set-up at the gateway'), ('unreadable', 'the key can’t be decrypted any more; enter it again')], default='none', editable=False, max_length=20, verbose_name='test')),
                ('tested_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='tested')),
                ('is_in_use', models.BooleanField(default=False, editable=False, verbose_name='in use')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='added')),
                ('tested_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='tested by')),
                ('theater', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='gateway_accounts', to='theaters.theater', verbose_name='theater')),
            ],
            options={
                'verbose_name': 'payment account',
                'verbose_name_plural': 'payment accounts',
                'ordering': ['theater', 'gateway', '-is_in_use', '-pk'],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('is_in_use', True)), fields=('theater', 'gateway'), name='gateway_account_one_in_use', violation_error_message='This theater already has an account at this gateway in use.'),
                    models.UniqueConstraint(condition=models.Q(('remote_id', ''), _negated=True), fields=('theater', 'gateway', 'remote_id', 'is_live'), name='gateway_account_once', violation_error_message='This theater has that account at the gateway already.'),
                    models.CheckConstraint(condition=models.Q(('is_in_use', False), models.Q(('remote_id', ''), _negated=True), _connector='OR'), name='gateway_account_tested', violation_error_message='An account is tested before it is used.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ExportUpload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gateway', models.CharField(choices=[('sandbox', 'Test payment'), ('stripe', 'Card or wallet'), ('mollie', 'Bank, card or wallet'), ('cash', 'Cash'), ('terminal', 'Card terminal'), ('transfer', 'Bank transfer')], max_length=20)),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='payments.gatewayaccount')),
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
                ('gateway', models.CharField(choices=[('sandbox', 'Test payment'), ('stripe', 'Card or wallet'), ('mollie', 'Bank, card or wallet'), ('cash', 'Cash'), ('terminal', 'Card terminal'), ('transfer', 'Bank transfer')], max_length=20, verbose_name='gateway')),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='payments.gatewayaccount', verbose_name='account')),
                ('event_id', models.CharField(max_length=255, verbose_name='event id')),
                ('kind', models.CharField(max_length=80, verbose_name='kind')),
                ('payload', models.JSONField(default=dict, verbose_name='payload')),
                ('received_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='received at')),
            ],
            options={
                'verbose_name': 'gateway event',
                'verbose_name_plural': 'gateway events',
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('account__isnull', True)), fields=('gateway', 'event_id'), name='gateway_event_once', violation_error_message='This event of the gateway was already received.'),
                    models.UniqueConstraint(condition=models.Q(('account__isnull', False)), fields=('account', 'event_id'), name='gateway_event_once_at_account', violation_error_message='This event of the gateway was already received at this account.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gateway', models.CharField(choices=[('sandbox', 'Test payment'), ('stripe', 'Card or wallet'), ('mollie', 'Bank, card or wallet'), ('cash', 'Cash'), ('terminal', 'Card terminal'), ('transfer', 'Bank transfer')], max_length=20, verbose_name='gateway')),
                ('account', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='payments.gatewayaccount', verbose_name='account')),
                ('amount', models.DecimalField(decimal_places=3, max_digits=12, verbose_name='amount')),
                ('currency', models.CharField(max_length=3)),
                ('received_amount', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True, verbose_name='received')),
                ('received_currency', models.CharField(blank=True, db_default='', max_length=3)),
                ('refunded', models.DecimalField(decimal_places=3, default=Decimal('0'), max_digits=12, verbose_name='refunded')),
                ('state', models.CharField(choices=[('started', 'started'), ('captured', 'captured'), ('declined', 'declined'), ('abandoned', 'abandoned'), ('surplus', 'to be refunded')], default='started', max_length=10, verbose_name='state')),
                ('surplus_reason', models.CharField(blank=True, choices=[('other_amount', 'a different amount came than was asked for'), ('other_currency', 'it came in a different currency than was asked for'), ('amount_changed', 'the amount due had changed'), ('paid_already', 'the booking was paid already'), ('booking_canceled', 'the booking was canceled'), ('show_canceled', 'the show was canceled'), ('show_over', 'the show was over'), ('show_moved', 'the show was moved'), ('off_sale', 'the show was no longer on sale'), ('places_gone', 'it came late, and the places were gone'), ('over_limit', 'it came late, and the customer already had as many tickets as allowed'), ('voucher_used', 'it came late, and the voucher had been used'), ('exchange_off', 'the tickets to be exchanged were gone'), ('exchange_used', 'a ticket to be exchanged had been used'), ('exchange_refunded', 'the money of the tickets to be exchanged had gone back')], db_default='', max_length=20, verbose_name='why it bought nothing')),
                ('reference', models.CharField(blank=True, db_index=True, max_length=255, verbose_name='gateway reference')),
                ('key', models.UUIDField(editable=False, unique=True, verbose_name='key')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('captured_at', models.DateTimeField(blank=True, null=True, verbose_name='captured at')),
                ('booking', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='bookings.booking', verbose_name='booking')),
                ('exchange', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='bookings.exchange')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
            ],
            options={
                'verbose_name': 'payment',
                'verbose_name_plural': 'payments',
                'ordering': ['-created_at', '-pk'],
                'indexes': [
                    models.Index(condition=models.Q(('state', 'started')), fields=['created_at'], name='payment_started'),
                    models.Index(fields=['-created_at', '-id'], name='payment_newest'),
                    models.Index(condition=models.Q(('state', 'surplus')), fields=['created_at'], name='payment_surplus'),
                ],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('exchange__isnull', True), ('state', 'captured')), fields=('booking',), name='payment_one_captured_per_booking', violation_error_message='This booking has been paid already.'),
                    models.UniqueConstraint(condition=models.Q(('state', 'captured')), fields=('exchange',), name='payment_one_captured_per_exchange', violation_error_message='This exchange has been paid already.'),
                    models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='payment_amount_not_negative', violation_error_message='A payment can’t be negative.'),
                    models.CheckConstraint(condition=models.Q(('refunded', 0), models.Q(('received_amount__isnull', False), ('refunded__gt', 0), ('refunded__lte', models.F('received_amount'))), _connector='OR'), name='payment_refunded_range', violation_error_message='No more can go back than was received.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('received_amount__gte', 0), ('received_amount__isnull', False), models.Q(('received_currency', ''), _negated=True)), models.Q(models.Q(('state__in', ['captured', 'surplus']), _negated=True), ('received_amount__isnull', True), ('received_currency', '')), _connector='OR'), name='payment_received_known', violation_error_message='A payment that has arrived needs its amount and currency.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('state', 'captured'), _negated=True), models.Q(('received_amount', models.F('amount')), ('received_currency', models.F('currency'))), _connector='OR'), name='payment_captured_in_full', violation_error_message='A captured payment has arrived in full.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('state', 'surplus'), models.Q(('surplus_reason', ''), _negated=True)), models.Q(models.Q(('state', 'surplus'), _negated=True), ('surplus_reason', '')), _connector='OR'), name='payment_surplus_has_reason', violation_error_message='Money that is left over needs a reason.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Reconciliation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gateway', models.CharField(choices=[('sandbox', 'Test payment'), ('stripe', 'Card or wallet'), ('mollie', 'Bank, card or wallet'), ('cash', 'Cash'), ('terminal', 'Card terminal'), ('transfer', 'Bank transfer')], max_length=20, verbose_name='gateway')),
                ('account', models.ForeignKey(blank=True, help_text='The theater’s own whose payments were compared. Empty: the site’s.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.gatewayaccount', verbose_name='account')),
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
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('starts_at__lte', models.F('ends_at'))), name='reconciliation_period', violation_error_message='The period ends after it begins.'),
                ],
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
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('settled_at', models.DateTimeField(blank=True, null=True, verbose_name='settled at')),
                ('exchange', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='bookings.exchange')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='payments.payment', verbose_name='payment')),
            ],
            options={
                'verbose_name': 'refund',
                'verbose_name_plural': 'refunds',
                'ordering': ['-created_at', '-pk'],
                'indexes': [
                    models.Index(condition=models.Q(('source', 'here'), _negated=True), fields=['payment'], name='refund_outside'),
                ],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('source', 'here'), _negated=True), fields=('source', 'reference'), name='refund_outside_once', violation_error_message='This refund of the gateway is already recorded.'),
                    models.CheckConstraint(condition=models.Q(('source', 'here'), models.Q(('way', 'as_paid'), models.Q(('reference', ''), _negated=True)), _connector='OR'), name='refund_outside_has_reference', violation_error_message='A refund that was made elsewhere needs its reference.'),
                    models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='refund_amount_positive', violation_error_message='A refund must be more than zero.'),
                    models.CheckConstraint(condition=models.Q(('reference', ''), ('way', 'transfer'), _negated=True), name='refund_transfer_has_reference', violation_error_message='A transfer needs its reference.'),
                    models.CheckConstraint(condition=models.Q(('way', 'as_paid'), models.Q(('state', 'failed'), _negated=True), _connector='OR'), name='refund_by_hand_succeeds', violation_error_message='A refund that staff made by hand can’t have failed.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='RefundLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=3, max_digits=12, verbose_name='amount')),
                ('fees', models.DecimalField(db_default=Decimal('0'), decimal_places=3, default=Decimal('0'), max_digits=12)),
                ('refund', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='payments.refund')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refund_lines', to='bookings.ticket')),
            ],
            options={
                'verbose_name': 'line of a refund',
                'verbose_name_plural': 'lines of refunds',
                'constraints': [
                    models.UniqueConstraint(fields=('refund', 'ticket'), name='refund_line_once', violation_error_message='A refund has one line for each ticket.'),
                    models.CheckConstraint(condition=models.Q(('amount__gte', 0), ('fees__gte', 0), ('fees__lte', models.F('amount'))), name='refund_line_not_negative', violation_error_message='A line of a refund can’t be negative.'),
                ],
            },
        ),
        migrations.AddField(
            model_name='refund',
            name='tickets',
            field=models.ManyToManyField(related_name='refunds', through='payments.RefundLine', to='bookings.ticket'),
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
                ('payment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.payment')),
                ('reconciliation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='payments.reconciliation')),
                ('refund', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.refund')),
            ],
            options={
                'verbose_name': 'line of a reconciliation',
                'verbose_name_plural': 'lines of reconciliations',
                'ordering': ['reconciliation', models.OrderBy(models.F('number'), nulls_last=True), 'pk'],
                'indexes': [
                    models.Index(fields=['reconciliation', 'result'], name='reconciliation_result'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('reconciliation', 'number'), name='reconciliation_line_once', violation_error_message='This line of the file was already read.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('gateway_amount__isnull', True), ('number__isnull', True), ('result', 'only_ours')), models.Q(models.Q(('result', 'only_ours'), _negated=True), ('gateway_amount__isnull', False), ('number__isnull', False)), _connector='OR'), name='reconciliation_line_of_file', violation_error_message='A line of the file has a number and an amount.'),
                ],
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
                ('drawer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='payments.drawer', verbose_name='drawer')),
                ('payment', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drawer_entry', to='payments.payment')),
                ('refund', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='drawer_entry', to='payments.refund')),
            ],
            options={
                'verbose_name': 'cash movement',
                'verbose_name_plural': 'cash movements',
                'ordering': ['at', 'pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='drawer_entry_amount_positive', violation_error_message='A cash movement must be more than zero.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('kind', 'sale'), ('payment__isnull', False), ('refund__isnull', True)), models.Q(('kind', 'refund'), ('payment__isnull', True), ('refund__isnull', False)), models.Q(('kind__in', ['pay_in', 'pay_out']), ('payment__isnull', True), ('refund__isnull', True), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='drawer_entry_says_why', violation_error_message='A cash movement names its sale, its refund or its reason.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Remedy',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('failed', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='remedy', to='payments.refund')),
                ('made_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('refund', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='remedy_of', to='payments.refund')),
            ],
            options={
                'verbose_name': 'remedy',
                'verbose_name_plural': 'remedies',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('failed', models.F('refund')), _negated=True), name='remedy_is_another_refund', violation_error_message='A failed refund is not its own remedy.'),
                    models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='remedy_has_reason', violation_error_message='A remedy needs a reason.'),
                    models.CheckConstraint(condition=models.Q(('refund__isnull', False), ('failed__isnull', False), _connector='OR'), name='remedy_of_something', violation_error_message='A remedy needs the refund that it stands for.'),
                    models.CheckConstraint(condition=models.Q(('made_by__isnull', False), models.Q(('failed__isnull', False), ('refund__isnull', False)), _connector='OR'), name='remedy_made_by_somebody', violation_error_message='A remedy names who made it, unless it replaces a failed refund.'),
                ],
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
                ('payment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='sandbox_answer', to='payments.payment')),
            ],
            options={
                'verbose_name': 'answer of the sandbox',
                'verbose_name_plural': 'answers of the sandbox',
            },
        ),
        OnPostgreSQL(
            "CREATE INDEX payment_reference_ending ON payments_payment (reverse(upper(reference)) text_pattern_ops)",
            "DROP INDEX payment_reference_ending",
        ),
        OnPostgreSQL(
            "CREATE INDEX refund_reference_ending ON payments_refund (reverse(upper(reference)) text_pattern_ops)",
            "DROP INDEX refund_reference_ending",
        ),
    ]
