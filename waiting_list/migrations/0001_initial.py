import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import waiting_list.models
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('bookings', '0001_initial'),
        ('events', '0001_initial'),
        ('theaters', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='WaitingListEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=waiting_list.models.make_entry_code, editable=False, max_length=16, unique=True)),
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
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['show', 'joined_at'], name='waiting_list_line'), models.Index(fields=['-joined_at', '-id'], name='waiting_list_newest')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['waiting', 'offered']), models.Q(('email', ''), _negated=True)), fields=('show', 'email'), name='waiting_list_once', violation_error_message="This address is already on the waiting list of this show."), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['offered', 'booked', 'lapsed']), _negated=True), ('booking__isnull', False), _connector='OR'), name='waiting_list_offer_has_booking', violation_error_message="An offer needs the booking that holds its places."), models.CheckConstraint(condition=models.Q(models.Q(('state', 'waiting'), _negated=True), ('booking__isnull', True), _connector='OR'), name='waiting_list_waits_without_booking', violation_error_message="A waiting entry holds no places yet."), models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['waiting', 'offered']), _negated=True), models.Q(('email', ''), _negated=True), _connector='OR'), name='waiting_list_live_has_address', violation_error_message="A live entry needs an e-mail address.")],
            },
        ),
    ]
