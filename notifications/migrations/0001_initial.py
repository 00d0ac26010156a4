import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('theaters', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SendingRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True)),
                ('used_until', models.FloatField(default=0, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(7258032000.0)])),
            ],
            options={
                'verbose_name': 'sending rate',
                'verbose_name_plural': 'sending rates',
            },
        ),
        migrations.CreateModel(
            name='MailSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('report_format', models.CharField(choices=[('html', 'in the e-mail itself'), ('pdf', 'as a PDF')], default='html', max_length=4, verbose_name='monthly report')),
                ('chat_webhook', models.URLField(blank=True, max_length=500, verbose_name='chat webhook')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='mail_settings', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'mail settings',
                'verbose_name_plural': 'mail settings',
            },
        ),
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(max_length=320, verbose_name='address')),
                ('kind', models.CharField(blank=True, choices=[('booking_confirmed', 'booking confirmed'), ('booking_canceled', 'booking canceled'), ('booking_refunded', 'refund made'), ('money_returned', 'payment returned'), ('payment_failed', 'payment failed'), ('transfer_asked', 'how to pay by bank transfer'), ('transfer_due', 'reminder of a bank transfer'), ('transfer_ended', 'no bank transfer any more'), ('show_moved', 'show moved'), ('show_canceled', 'show canceled'), ('show_note', 'note from the theater'), ('places_renamed', 'places renamed'), ('booking_link', 'link to a booking'), ('ticket_passed_on', 'ticket passed on'), ('ticket_withdrawn', 'ticket taken back'), ('exchange_surcharge', 'difference to pay for an exchange'), ('waiting_list_joined', 'on the waiting list'), ('waiting_list_offer', 'places for the waiting list'), ('waiting_list_closed', 'waiting list closed'), ('follow_confirmation', 'confirm to follow'), ('followed_on_sale', 'on sale, for followers'), ('followed_seats', 'seats, for followers'), ('followed_soon', 'on sale soon, for followers'), ('inquiry_received', 'inquiry received'), ('inquiry_answered', 'answer to an inquiry'), ('newsletter_confirmation', 'confirm a newsletter'), ('hold_lapsing', 'seats about to go'), ('show_reminder', 'reminder of a show'), ('review_ask', 'how was it?'), ('digest', 'evening reminder'), ('monthly_report', 'monthly report'), ('staff_alert', 'alert for staff'), ('report_delivery', 'report delivered'), ('export_ready', 'export ready'), ('staff_invitation', 'invitation to a team'), ('email_confirmation', 'confirmation of an e-mail address'), ('sign_in_code', 'sign-in code'), ('password_reset', 'password reset'), ('account_exists', 'account already exists'), ('account_unknown', 'no account with this address'), ('account_changed', 'change of an account')], max_length=40, verbose_name='kind')),
                ('reason', models.CharField(choices=[('bounced', 'bounces'), ('complained', 'marked us as spam'), ('unsubscribed', 'unsubscribed')], max_length=12, verbose_name='reason')),
                ('detail', models.CharField(blank=True, max_length=300, verbose_name='what the server said')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='since')),
            ],
            options={
                'verbose_name': 'suppressed address',
                'verbose_name_plural': 'suppressed addresses',
                'ordering': ['-created_at', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('address', 'kind'), name='suppression_once', violation_error_message='This address is already suppressed.'), models.CheckConstraint(condition=models.Q(('address', django.db.models.functions.text.Lower(models.F('address')))), name='suppression_lowercase', violation_error_message='Suppressed addresses are kept in lower case.')],
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('booking_confirmed', 'booking confirmed'), ('booking_canceled', 'booking canceled'), ('booking_refunded', 'refund made'), ('money_returned', 'payment returned'), ('payment_failed', 'payment failed'), ('transfer_asked', 'how to pay by bank transfer'), ('transfer_due', 'reminder of a bank transfer'), ('transfer_ended', 'no bank transfer any more'), ('show_moved', 'show moved'), ('show_canceled', 'show canceled'), ('show_note', 'note from the theater'), ('places_renamed', 'places renamed'), ('booking_link', 'link to a booking'), ('ticket_passed_on', 'ticket passed on'), ('ticket_withdrawn', 'ticket taken back'), ('exchange_surcharge', 'difference to pay for an exchange'), ('waiting_list_joined', 'on the waiting list'), ('waiting_list_offer', 'places for the waiting list'), ('waiting_list_closed', 'waiting list closed'), ('follow_confirmation', 'confirm to follow'), ('followed_on_sale', 'on sale, for followers'), ('followed_seats', 'seats, for followers'), ('followed_soon', 'on sale soon, for followers'), ('inquiry_received', 'inquiry received'), ('inquiry_answered', 'answer to an inquiry'), ('newsletter_confirmation', 'confirm a newsletter'), ('hold_lapsing', 'seats about to go'), ('show_reminder', 'reminder of a show'), ('review_ask', 'how was it?'), ('digest', 'evening reminder'), ('monthly_report', 'monthly report'), ('staff_alert', 'alert for staff'), ('report_delivery', 'report delivered'), ('export_ready', 'export ready'), ('staff_invitation', 'invitation to a team'), ('email_confirmation', 'confirmation of an e-mail address'), ('sign_in_code', 'sign-in code'), ('password_reset', 'password reset'), ('account_exists', 'account already exists'), ('account_unknown', 'no account with this address'), ('account_changed', 'change of an account')], max_length=40, verbose_name='kind')),
                ('channel', models.CharField(choices=[('email', 'e-mail'), ('chat', 'chat')], default='email', max_length=10, verbose_name='channel')),
                ('recipient', models.CharField(max_length=320, verbose_name='recipient')),
                ('language', models.CharField(default='en', max_length=10, verbose_name='language')),
                ('context', models.JSONField(default=dict)),
                ('attachments', models.JSONField(blank=True, default=list)),
                ('unique_key', models.CharField(max_length=160, unique=True)),
                ('about', models.CharField(blank=True, db_index=True, max_length=40)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('sending', 'sending'), ('sent', 'sent'), ('failed', 'failed'), ('suppressed', 'suppressed')], default='waiting', max_length=10, verbose_name='state')),
                ('is_bulk', models.BooleanField(default=False)),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='next attempt at')),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('error', models.CharField(blank=True, max_length=500, verbose_name='error')),
                ('gateway_id', models.CharField(blank=True, db_index=True, max_length=255, verbose_name='gateway id')),
                ('delivery', models.CharField(blank=True, choices=[('delivered', 'delivered'), ('opened', 'opened'), ('bounced', 'bounced'), ('complained', 'marked as spam')], max_length=10, verbose_name='delivery')),
                ('delivery_at', models.DateTimeField(blank=True, null=True, verbose_name='delivery at')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='written')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                ('theater', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='theaters.theater')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'notification',
                'verbose_name_plural': 'notifications',
                'ordering': ['-created_at', '-pk'],
                'indexes': [models.Index(fields=['state', 'is_bulk', 'next_attempt_at'], name='notification_due'), models.Index(fields=['-created_at', '-id'], name='notification_newest')],
            },
        ),
        migrations.CreateModel(
            name='NotificationPreference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('booking_confirmed', 'booking confirmed'), ('booking_canceled', 'booking canceled'), ('booking_refunded', 'refund made'), ('money_returned', 'payment returned'), ('payment_failed', 'payment failed'), ('transfer_asked', 'how to pay by bank transfer'), ('transfer_due', 'reminder of a bank transfer'), ('transfer_ended', 'no bank transfer any more'), ('show_moved', 'show moved'), ('show_canceled', 'show canceled'), ('show_note', 'note from the theater'), ('places_renamed', 'places renamed'), ('booking_link', 'link to a booking'), ('ticket_passed_on', 'ticket passed on'), ('ticket_withdrawn', 'ticket taken back'), ('exchange_surcharge', 'difference to pay for an exchange'), ('waiting_list_joined', 'on the waiting list'), ('waiting_list_offer', 'places for the waiting list'), ('waiting_list_closed', 'waiting list closed'), ('follow_confirmation', 'confirm to follow'), ('followed_on_sale', 'on sale, for followers'), ('followed_seats', 'seats, for followers'), ('followed_soon', 'on sale soon, for followers'), ('inquiry_received', 'inquiry received'), ('inquiry_answered', 'answer to an inquiry'), ('newsletter_confirmation', 'confirm a newsletter'), ('hold_lapsing', 'seats about to go'), ('show_reminder', 'reminder of a show'), ('review_ask', 'how was it?'), ('digest', 'evening reminder'), ('monthly_report', 'monthly report'), ('staff_alert', 'alert for staff'), ('report_delivery', 'report delivered'), ('export_ready', 'export ready'), ('staff_invitation', 'invitation to a team'), ('email_confirmation', 'confirmation of an e-mail address'), ('sign_in_code', 'sign-in code'), ('password_reset', 'password reset'), ('account_exists', 'account already exists'), ('account_unknown', 'no account with this address'), ('account_changed', 'change of an account')], max_length=40)),
                ('channel', models.CharField(choices=[('email', 'e-mail'), ('chat', 'chat')], default='email', max_length=10)),
                ('is_wanted', models.BooleanField(default=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notification_preferences', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'notification preference',
                'verbose_name_plural': 'notification preferences',
                'constraints': [models.UniqueConstraint(fields=('user', 'kind', 'channel'), name='preference_unique', violation_error_message='There is already a choice for this kind of message.')],
            },
        ),
    ]
