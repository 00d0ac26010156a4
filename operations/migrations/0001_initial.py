from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('part', models.CharField(choices=[('scheduler', 'Scheduler'), ('worker', 'Worker'), ('pruning', 'Pruning')], max_length=10, primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='Pruning',
            fields=[
                ('label', models.CharField(max_length=100, primary_key=True, serialize=False)),
                ('removed', models.PositiveBigIntegerField(default=0)),
                ('pruned_at', models.DateTimeField(null=True)),
                ('until', models.DateTimeField(null=True)),
            ],
        ),
    ]
