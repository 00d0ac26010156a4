import django.core.validators
import django.db.models.deletion
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
            name='LegalVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('theater', models.ForeignKey(blank=True, help_text='Empty: of the site itself, for pages of no theater and theaters without a text of their own.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='legal_versions', to='theaters.theater', verbose_name='theater')),
                ('kind', models.CharField(choices=[('imprint', 'Imprint'), ('terms', 'Terms and conditions'), ('privacy', 'Privacy'), ('accessibility', 'Accessibility'), ('venue-rules', 'House rules')], max_length=15, verbose_name='page')),
                ('number', models.PositiveIntegerField(editable=False, verbose_name='version')),
                ('holds_from', models.DateField(blank=True, null=True, verbose_name='holds from')),
                ('change_note', models.CharField(blank=True, help_text='Customers read it beside the versions before.', max_length=300, verbose_name='what changed')),
                ('is_sample', models.BooleanField(default=False, editable=False)),
                ('made_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='made')),
                ('published_at', models.DateTimeField(editable=False, null=True, verbose_name='published')),
            ],
            options={
                'verbose_name': 'legal page',
                'verbose_name_plural': 'legal pages',
                'ordering': ['theater', 'kind', '-number'],
                'constraints': [models.UniqueConstraint(fields=('theater', 'kind', 'number'), name='legal_version_unique', violation_error_message='There is a version of this number already.'), models.UniqueConstraint(condition=models.Q(('theater__isnull', True)), fields=('kind', 'number'), name='legal_version_of_site_unique', violation_error_message='The site has a version of this number already.'), models.UniqueConstraint(condition=models.Q(('published_at__isnull', True)), fields=('theater', 'kind'), name='legal_version_one_draft', violation_error_message='This page has a draft already.'), models.UniqueConstraint(models.F('kind'), condition=models.Q(('published_at__isnull', True), ('theater__isnull', True)), name='legal_version_of_site_one_draft', violation_error_message='This page of the site has a draft already.'), models.CheckConstraint(condition=models.Q(('published_at__isnull', True), ('holds_from__isnull', False), _connector='OR'), name='legal_version_holds_from', violation_error_message='Say from which day this version holds.')],
            },
        ),
        migrations.CreateModel(
            name='LegalText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='texts', to='legal.legalversion', verbose_name='version')),
                ('language', models.CharField(max_length=10, verbose_name='language')),
                ('body', models.TextField(max_length=100000, validators=[django.core.validators.MinLengthValidator(1)], verbose_name='text')),
            ],
            options={
                'verbose_name': 'text of a legal page',
                'verbose_name_plural': 'texts of legal pages',
                'ordering': ['version', 'language'],
                'constraints': [models.UniqueConstraint(fields=('version', 'language'), name='legal_text_unique', violation_error_message='This version has a text in this language already.')],
            },
        ),
        migrations.CreateModel(
            name='NewsletterConsent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('theater', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='newsletter_consents', to='theaters.theater', verbose_name='theater')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('language', models.CharField(max_length=10, verbose_name='language')),
                ('source', models.CharField(choices=[('checkout', 'at checkout'), ('account', 'in the account')], max_length=10, verbose_name='where')),
                ('words', models.CharField(max_length=300, verbose_name='words shown')),
                ('asked_at', models.DateTimeField(verbose_name='asked for')),
                ('asked_network', models.CharField(max_length=24)),
                ('confirmed_at', models.DateTimeField(verbose_name='confirmed')),
                ('confirmed_network', models.CharField(max_length=24)),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn')),
            ],
            options={
                'verbose_name': 'newsletter consent',
                'verbose_name_plural': 'newsletter consents',
                'ordering': ['-confirmed_at', '-pk'],
                'indexes': [models.Index(fields=['email'], name='newsletter_email')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('theater', 'email'), name='newsletter_once', violation_error_message='This address gets the newsletter already.')],
            },
        ),
    ]
