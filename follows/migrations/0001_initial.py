import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
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
            name='Announcement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('on_sale', 'on sale'), ('soon', 'on sale soon')], max_length=10)),
                ('told_until', models.BigIntegerField(default=0)),
                ('told', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'announcement',
                'verbose_name_plural': 'announcements',
                'indexes': [models.Index(condition=models.Q(('finished_at', None)), fields=['created_at'], name='announcement_open')],
            },
        ),
        migrations.CreateModel(
            name='Follower',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('language', models.CharField(blank=True, max_length=10)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('stopped_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('user', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='follower', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'follower',
                'verbose_name_plural': 'followers',
            },
        ),
        migrations.CreateModel(
            name='Follow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('person', models.CharField(blank=True, max_length=40, null=True)),
                ('person_name', models.CharField(blank=True, max_length=200)),
                ('asks_before', models.BooleanField(default=False)),
                ('party_size', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(500)])),
                ('max_price', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(0)])),
                ('category', models.CharField(blank=True, max_length=60)),
                ('told_of_seats_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('city', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='theaters.city')),
                ('event', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='events.event')),
                ('label', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='events.label')),
                ('show', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='events.show')),
                ('theater', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='theaters.theater')),
                ('follower', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='follows', to='follows.follower')),
            ],
            options={
                'verbose_name': 'follow',
                'verbose_name_plural': 'follows',
            },
        ),
        migrations.CreateModel(
            name='AnnouncedShow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('on_sale', 'on sale'), ('soon', 'on sale soon')], max_length=10)),
                ('is_first', models.BooleanField(default=False)),
                ('show', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='events.show')),
                ('announcement', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='shows', to='follows.announcement')),
            ],
            options={
                'verbose_name': 'announced show',
                'verbose_name_plural': 'announced shows',
                'constraints': [models.UniqueConstraint(fields=('show', 'kind'), name='announced_once', violation_error_message='Followers are told of this show already.')],
            },
        ),
        migrations.AddConstraint(
            model_name='follower',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('email', ''), ('user__isnull', False)), models.Q(('user__isnull', True), models.Q(('email', ''), _negated=True)), _connector='OR'), name='follower_is_account_or_address', violation_error_message='A follower is either an account or an address.'),
        ),
        migrations.AddConstraint(
            model_name='follower',
            constraint=models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower(models.F('email')))), name='follower_lowercase', violation_error_message="Followers' addresses are kept in lower case."),
        ),
        migrations.AddConstraint(
            model_name='follower',
            constraint=models.UniqueConstraint(condition=models.Q(('email', ''), _negated=True), fields=('email',), name='follower_address_once', violation_error_message='This address is a follower already.'),
        ),
        migrations.AddConstraint(
            model_name='follow',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('category', ''), ('max_price__isnull', True), ('party_size__isnull', True)), models.Q(('party_size__isnull', False), ('show__isnull', False), models.Q(('max_price__isnull', False), models.Q(('category', ''), _negated=True), _connector='OR')), _connector='OR'), name='follow_seats_of_a_show', violation_error_message='Say the highest price or the category of the seats that you want.'),
        ),
        migrations.AddConstraint(
            model_name='follow',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('event__isnull', False), ('label__isnull', True), ('person__isnull', True), ('show__isnull', True), ('theater__isnull', True)), models.Q(('event__isnull', True), ('label__isnull', True), ('person__isnull', True), ('show__isnull', True), ('theater__isnull', False)), models.Q(('event__isnull', True), ('label__isnull', False), ('person__isnull', True), ('show__isnull', True), ('theater__isnull', True)), models.Q(('event__isnull', True), ('label__isnull', True), ('person__isnull', True), ('show__isnull', False), ('theater__isnull', True)), models.Q(('event__isnull', True), ('label__isnull', True), ('person__isnull', False), ('show__isnull', True), ('theater__isnull', True)), _connector='OR'), name='follow_one_subject', violation_error_message='A follow is of exactly one thing.'),
        ),
        migrations.AddConstraint(
            model_name='follow',
            constraint=models.UniqueConstraint(fields=('event', 'follower'), name='follow_event_once', violation_error_message='You follow this event already.'),
        ),
        migrations.AddConstraint(
            model_name='follow',
            constraint=models.UniqueConstraint(fields=('theater', 'follower'), name='follow_theater_once', violation_error_message='You follow this theater already.'),
        ),
        migrations.AddConstraint(
            model_name='follow',
            constraint=models.UniqueConstraint(fields=('label', 'follower'), name='follow_label_once', violation_error_message='You follow this label already.'),
        ),
        migrations.AddConstraint(
            model_name='follow',
            constraint=models.UniqueConstraint(fields=('show', 'follower'), name='follow_show_once', violation_error_message='You follow this show already.'),
        ),
        migrations.AddConstraint(
            model_name='follow',
            constraint=models.UniqueConstraint(fields=('person', 'follower'), name='follow_person_once', violation_error_message='You follow this person already.'),
        ),
    ]
