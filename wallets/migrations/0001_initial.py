import django.db.models.deletion
import django.utils.timezone
import wallets.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('bookings', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='WalletPass',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('platform', models.CharField(choices=[('apple', 'Apple Wallet'), ('google', 'Google Wallet')], max_length=6)),
                ('serial', models.CharField(default=wallets.models.make_serial, editable=False, max_length=20, unique=True)),
                ('token', models.CharField(default=wallets.models.make_token, editable=False, max_length=32)),
                ('version', models.CharField(blank=True, editable=False, max_length=32)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('notify_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='wallet_passes', to='bookings.ticket')),
            ],
            options={
                'verbose_name': 'wallet pass',
                'verbose_name_plural': 'wallet passes',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='WalletDevice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('library', models.CharField(max_length=100)),
                ('push_token', models.CharField(max_length=200)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('owned', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='devices', to='wallets.walletpass')),
            ],
            options={
                'verbose_name': 'device with a pass',
                'verbose_name_plural': 'devices with a pass',
                'ordering': ['pk'],
            },
        ),
        migrations.AddIndex(
            model_name='walletpass',
            index=models.Index(condition=models.Q(('notify_at__isnull', False)), fields=['notify_at'], name='pass_to_notify'),
        ),
        migrations.AddConstraint(
            model_name='walletpass',
            constraint=models.UniqueConstraint(fields=('ticket', 'platform'), name='pass_once', violation_error_message='This ticket has a pass already.'),
        ),
        migrations.AddIndex(
            model_name='walletdevice',
            index=models.Index(fields=['library'], name='device_library'),
        ),
        migrations.AddConstraint(
            model_name='walletdevice',
            constraint=models.UniqueConstraint(fields=('owned', 'library'), name='device_once', violation_error_message='This device has the pass already.'),
        ),
    ]
