import django.db.models.deletion
import django.db.models.expressions
import django.db.models.lookups
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('bookings', '0001_initial'),
        ('events', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CheckIn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('gate', models.CharField(blank=True, max_length=60, verbose_name='gate')),
                ('direction', models.CharField(choices=[('in', 'in'), ('out', 'out')], default='in', max_length=3, verbose_name='direction')),
                ('result', models.CharField(choices=[('admitted', 'admitted'), ('already_in', 'already in'), ('not_valid', 'not valid'), ('undone', 'undone')], max_length=12)),
                ('reason', models.CharField(blank=True, choices=[('not_issued', 'The ticket is not paid.'), ('canceled', 'The ticket was canceled.'), ('replaced', 'The ticket was replaced: only the newest one admits.'), ('show_canceled', 'The show is canceled.'), ('other_show', 'The ticket is for another show.'), ('too_early', 'Too early: the doors are not open yet.'), ('show_moved', 'The show was moved to a later time.'), ('over', 'The show is over.'), ('not_inside', 'The ticket is not inside.'), ('no_reentry', 'The ticket went out, and this theater lets no one in again.')], max_length=15, verbose_name='reason')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='admitted all the same')),
                ('passage', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='time')),
                ('received_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='reported')),
                ('is_conflict', models.BooleanField(default=False, editable=False, verbose_name='let through all the same')),
                ('clock_error', models.IntegerField(blank=True, editable=False, null=True, verbose_name="device's clock ahead by seconds")),
                ('device', models.CharField(blank=True, max_length=80, verbose_name='device')),
                ('key', models.CharField(blank=True, editable=False, max_length=80, null=True)),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('ticket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='check_ins', to='bookings.ticket', verbose_name='ticket')),
            ],
            options={
                'verbose_name': 'check-in',
                'verbose_name_plural': 'check-ins',
                'ordering': ['-at', '-pk'],
                'indexes': [models.Index(condition=models.Q(('is_conflict', True)), fields=['received_at'], name='check_in_conflict')],
                'constraints': [models.UniqueConstraint(fields=('ticket', 'passage'), name='check_in_passage_once', violation_error_message='This ticket was scanned at the same moment.'), models.UniqueConstraint(condition=models.Q(('key__isnull', False)), fields=('by', 'key'), name='check_in_key_once', violation_error_message='This scan was received already.'), models.CheckConstraint(condition=models.Q(models.Q(('passage__isnull', True), ('result__in', ['already_in', 'not_valid', 'undone'])), models.Q(('direction', 'in'), ('passage__isnull', False), ('result', 'admitted'), django.db.models.lookups.Exact(django.db.models.expressions.CombinedExpression(models.F('passage'), '%%', models.Value(2)), 1)), models.Q(('direction', 'out'), ('passage__isnull', False), ('result', 'admitted'), django.db.models.lookups.Exact(django.db.models.expressions.CombinedExpression(models.F('passage'), '%%', models.Value(2)), 0)), _connector='OR'), name='check_in_passage_alternates', violation_error_message="A ticket that is inside goes out before it goes in again."), models.CheckConstraint(condition=models.Q(('received_at__isnull', True), ('at__lte', models.F('received_at')), _connector='OR'), name='check_in_at_before_received', violation_error_message="A ticket is scanned before the scan is reported."), models.CheckConstraint(condition=models.Q(('note', ''), ('result__in', ['admitted', 'undone']), _connector='OR'), name='check_in_note_of_admission', violation_error_message='Only an admission has a note.'), models.CheckConstraint(condition=models.Q(('is_conflict', False), ('result__in', ['already_in', 'not_valid']), _connector='OR'), name='check_in_conflict_of_refusal', violation_error_message='An admission is no conflict.')],
            },
        ),
        migrations.CreateModel(
            name='UnticketedPerson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('press', 'Press'), ('staff', 'Staff'), ('guest', 'Guests of the house')], max_length=5, verbose_name='kind')),
                ('gate', models.CharField(blank=True, max_length=60, verbose_name='gate')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='time')),
                ('key', models.CharField(editable=False, max_length=80)),
                ('undone_at', models.DateTimeField(blank=True, null=True, verbose_name='undone')),
                ('left_gate', models.CharField(blank=True, max_length=60, verbose_name='left by the gate')),
                ('left_at', models.DateTimeField(blank=True, null=True, verbose_name='left')),
                ('left_key', models.CharField(blank=True, editable=False, max_length=80, null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='counted by')),
                ('left_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='counted out by')),
                ('show', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='unticketed', to='events.show', verbose_name='show')),
            ],
            options={
                'verbose_name': 'person without a ticket',
                'verbose_name_plural': 'people without tickets',
                'ordering': ['-at', '-pk'],
                'constraints': [models.UniqueConstraint(fields=('by', 'key'), name='unticketed_key_once', violation_error_message='This person was counted already.'), models.UniqueConstraint(condition=models.Q(('left_key__isnull', False)), fields=('left_by', 'left_key'), name='unticketed_left_key_once', violation_error_message='This person was counted out already.'), models.CheckConstraint(condition=models.Q(('left_at__isnull', True), models.Q(('left_at__gte', models.F('at')), ('left_by__isnull', False), ('left_key__isnull', False), ('undone_at__isnull', True)), _connector='OR'), name='unticketed_left_after_entry', violation_error_message='Only a person who is inside leaves, later than they came.')],
            },
        ),
    ]
