import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.comparison
import django.utils.timezone
import events.models.own_settings
import events.models.shows
import events.models.events
from decimal import Decimal
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from lib.postgresql import OnPostgreSQL
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('theaters', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name='Label',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('slug', models.SlugField(unique=True, verbose_name='slug')),
                ('kind', models.CharField(choices=[('genre', 'genre'), ('format', 'format'), ('audience', 'audience'), ('series', 'series')], default='genre', max_length=10, verbose_name='kind')),
            ],
            options={
                'verbose_name': 'label',
                'verbose_name_plural': 'labels',
                'ordering': ['kind', 'name'],
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('sort_title', events.models.events.SortTitleField(default='', editable=False, max_length=200)),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='slug')),
                ('kind', models.CharField(choices=[('film', 'film'), ('play', 'play'), ('concert', 'concert'), ('comedy', 'comedy'), ('dance', 'dance'), ('opera', 'opera'), ('talk', 'talk'), ('other', 'other')], max_length=10, verbose_name='kind')),
                ('tagline', models.CharField(blank=True, max_length=200, verbose_name='tagline')),
                ('synopsis', models.TextField(blank=True, max_length=20000, verbose_name='synopsis')),
                ('running_minutes', models.PositiveSmallIntegerField(help_text='Minutes, without interval.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1440)], verbose_name='running time')),
                ('interval_minutes', models.PositiveSmallIntegerField(default=0, help_text='Minutes.', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1440)], verbose_name='interval')),
                ('age_rating', models.CharField(blank=True, max_length=20, verbose_name='age rating')),
                ('languages', models.JSONField(blank=True, default=list, verbose_name='languages')),
                ('subtitles', models.JSONField(blank=True, default=list, verbose_name='subtitles')),
                ('cast', models.JSONField(blank=True, default=list, verbose_name='cast')),
                ('credits', models.JSONField(blank=True, default=list, verbose_name='credits')),
                ('poster', models.ImageField(blank=True, upload_to='posters/', verbose_name='poster')),
                ('trailer_url', models.URLField(blank=True, verbose_name='trailer')),
                ('asks_attendee_names', models.BooleanField(default=False, verbose_name='asks for a name on each ticket')),
                ('is_published', models.BooleanField(default=False, verbose_name='published')),
                ('rating_average', models.DecimalField(blank=True, decimal_places=2, editable=False, max_digits=3, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='rating average')),
                ('rating_count', models.PositiveIntegerField(default=0, editable=False, verbose_name='rating count')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('theater', models.ForeignKey(blank=True, help_text='Empty: shared by all theaters.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='theaters.theater', verbose_name='theater')),
                ('labels', models.ManyToManyField(blank=True, related_name='events', to='events.label', verbose_name='labels')),
            ],
            options={
                'verbose_name': 'event',
                'verbose_name_plural': 'events',
                'ordering': ['sort_title', 'pk'],
                'indexes': [
                    models.Index(fields=['sort_title', 'id'], name='event_by_title'),
                    models.Index(fields=['-created_at', 'id'], name='event_by_age'),
                    models.Index(models.OrderBy(django.db.models.functions.comparison.Coalesce('rating_average', Decimal('0')), descending=True), models.F('id'), name='event_by_rating'),
                    models.Index(fields=['is_published', 'kind', 'rating_average', 'id'], name='event_published'),
                ],
            },
        ),
        migrations.CreateModel(
            name='PriceTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('theater', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='price_templates', to='theaters.theater', verbose_name='theater')),
            ],
            options={
                'verbose_name': 'price template',
                'verbose_name_plural': 'price templates',
                'ordering': ['theater', 'name'],
                'constraints': [
                    models.UniqueConstraint(fields=('theater', 'name'), name='price_template_name_unique', violation_error_message='This theater already has a price template of this name.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stars', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='stars')),
                ('text', models.TextField(blank=True, max_length=4000, verbose_name='text')),
                ('state', models.CharField(choices=[('published', 'published'), ('hidden', 'hidden')], default='published', max_length=10, verbose_name='state')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to='events.event', verbose_name='event')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reviews', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'review',
                'verbose_name_plural': 'reviews',
                'ordering': ['-created_at'],
                'constraints': [
                    models.UniqueConstraint(fields=('event', 'user'), name='review_one_per_person', violation_error_message='You have reviewed this event already.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='OwnSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('refunds', models.CharField(blank=True, choices=[('never', 'never returnable'), ('until', 'returnable until some hours before the start')], max_length=10, verbose_name='refunds')),
                ('refund_hours', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(8784)], verbose_name='refundable until (hours before)')),
                ('refund_percent', models.PositiveSmallIntegerField(blank=True, help_text='Percent; empty: all.', null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='refunded share')),
                ('languages', models.CharField(blank=True, help_text='Codes such as “de, en”, with commas; the first is for people whose own is not among them.', max_length=60, validators=[events.models.own_settings.validate_languages], verbose_name='languages')),
                ('level', models.CharField(choices=[('default', "the program's default"), ('site', 'the site'), ('theater', 'the theater'), ('event', 'the event'), ('show', 'the show')], editable=False, max_length=10)),
                ('hold_minutes', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(2), django.core.validators.MaxValueValidator(30)], verbose_name='seats are held for (minutes)')),
                ('tickets_per_customer', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(500)], verbose_name='tickets per customer')),
                ('waiting_list_hours', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(336)], verbose_name='an offer of the waiting list stands for (hours)')),
                ('access_release_hours', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(8784)], verbose_name='wheelchair places for everyone (hours before)')),
                ('doors_minutes', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1440)], verbose_name='doors open (minutes before)')),
                ('reminder_hours', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(720)], verbose_name='reminder before a show (hours)')),
                ('week_starts_on', models.PositiveSmallIntegerField(blank=True, choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], null=True, verbose_name='first day of the week')),
                ('event', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='own_settings', to='events.event', verbose_name='event')),
                ('theater', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='own_settings', to='theaters.theater', verbose_name='theater')),
            ],
            options={
                'verbose_name': 'settings of a level',
                'verbose_name_plural': 'settings of levels',
                'constraints': [
                    models.UniqueConstraint(fields=('theater', 'event'), name='own_settings_one_of_event', violation_error_message='This event has settings at this theater already.'),
                    models.UniqueConstraint(condition=models.Q(('event', None)), fields=('theater',), name='own_settings_one_of_theater', violation_error_message='This theater has settings already.'),
                    models.UniqueConstraint(condition=models.Q(('level', 'site')), fields=('level',), name='own_settings_one_of_site', violation_error_message='The site has settings already.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('event', None), ('level', 'site'), ('theater', None)), models.Q(('event', None), ('level', 'theater'), ('theater__isnull', False)), models.Q(('event__isnull', False), ('level', 'event'), ('theater__isnull', False)), _connector='OR'), name='own_settings_level', violation_error_message='Settings are of the site, of a theater, or of a theater for one event.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('refund_hours__isnull', False), ('refunds', 'until')), models.Q(('refund_hours', None), ('refund_percent', None), models.Q(('refunds', 'until'), _negated=True)), _connector='OR'), name='own_settings_refund_terms', violation_error_message='Enter until how many hours before the start tickets may be returned.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='SalesRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('opens_at', models.DateTimeField(blank=True, null=True, verbose_name='opens at a fixed time')),
                ('opens_days_before', models.PositiveSmallIntegerField(blank=True, help_text='Days before the show; 42 is six weeks.', null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(730)], verbose_name='opens days before')),
                ('opens_clock', models.TimeField(blank=True, help_text='Empty: at the time of day that the show starts.', null=True, verbose_name='at this time of day')),
                ('closes_at', models.DateTimeField(blank=True, null=True, verbose_name='closes at a fixed time')),
                ('closes_minutes_before', models.PositiveIntegerField(blank=True, help_text='Minutes before the show starts.', null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1051200)], verbose_name='closes minutes before')),
                ('event', models.ForeignKey(blank=True, help_text='Empty: for all events that have no rule of their own.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='sales_rules', to='events.event', verbose_name='event')),
                ('theater', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='sales_rules', to='theaters.theater', verbose_name='theater')),
            ],
            options={
                'verbose_name': 'on-sale rule',
                'verbose_name_plural': 'on-sale rules',
                'ordering': ['theater', 'event__sort_title', 'pk'],
                'constraints': [
                    models.UniqueConstraint(fields=('theater', 'event'), name='sales_rule_one_per_event', violation_error_message='This theater has a rule for this event already.'),
                    models.UniqueConstraint(condition=models.Q(('event', None)), fields=('theater',), name='sales_rule_one_default', violation_error_message='This theater has a rule for all other events already.'),
                    models.CheckConstraint(condition=models.Q(('opens_at', None), ('opens_days_before', None), _connector='OR'), name='sales_rule_opens_in_one_way', violation_error_message='Choose one opening: a fixed time, or days before the show.'),
                    models.CheckConstraint(condition=models.Q(('opens_clock', None), ('opens_days_before__isnull', False), _connector='OR'), name='sales_rule_clock_of_a_day', violation_error_message='A time of day needs a number of days before the show.'),
                    models.CheckConstraint(condition=models.Q(('closes_at', None), ('closes_minutes_before', None), _connector='OR'), name='sales_rule_closes_in_one_way', violation_error_message='Choose one closing: a fixed time, or minutes before the show.'),
                    models.CheckConstraint(condition=models.Q(('closes_at', None), ('opens_at', None), ('closes_at__gt', models.F('opens_at')), _connector='OR'), name='sales_rule_closes_after_opening', violation_error_message='The sale must end after it begins.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='SearchWord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=40)),
                ('weight', models.PositiveSmallIntegerField()),
                ('event', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='search_words', to='events.event')),
            ],
            options={
                'verbose_name': 'search word',
                'verbose_name_plural': 'search words',
                'indexes': [
                    models.Index(fields=['word', 'event', 'weight'], name='search_word_lookup'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('event', 'word'), name='search_word_unique', violation_error_message='This event is found by this word already.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Show',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=events.models.shows.make_show_code, editable=False, max_length=12, unique=True)),
                ('starts_at', models.DateTimeField(verbose_name='starts')),
                ('ends_at', models.DateTimeField(blank=True, verbose_name='ends')),
                ('cleared_at', models.DateTimeField(editable=False)),
                ('doors_at', models.DateTimeField(blank=True, null=True, verbose_name='doors open')),
                ('sales_open_at', models.DateTimeField(blank=True, help_text='Empty: at once.', null=True, verbose_name='sales open')),
                ('sales_close_at', models.DateTimeField(blank=True, help_text='Empty: at the start.', null=True, verbose_name='sales close')),
                ('sales_stopped_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('state', models.CharField(choices=[('draft', 'draft'), ('on_sale', 'on sale'), ('ended', 'ended'), ('canceled', 'canceled')], default='draft', max_length=10, verbose_name='state')),
                ('format', models.CharField(blank=True, help_text='For example 35 mm, 3D or concert version.', max_length=40, verbose_name='format')),
                ('language', models.CharField(blank=True, max_length=20, verbose_name='language')),
                ('subtitles', models.CharField(blank=True, max_length=20, verbose_name='subtitles')),
                ('refunds', models.CharField(blank=True, choices=[('never', 'never returnable'), ('until', 'returnable until some hours before the start')], max_length=10, verbose_name='refunds')),
                ('refund_hours', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(8784)], verbose_name='refundable until (hours before)')),
                ('refund_percent', models.PositiveSmallIntegerField(blank=True, help_text='Percent; empty: all.', null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='refunded share')),
                ('tickets_per_customer', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(500)], verbose_name='tickets per customer')),
                ('hold_minutes', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(2), django.core.validators.MaxValueValidator(30)], verbose_name='seats are held for (minutes)')),
                ('access_release_hours', models.PositiveSmallIntegerField(blank=True, help_text='From then on wheelchair places and companion seats are sold like all others.', null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(8784)], verbose_name='wheelchair places for everyone (hours before)')),
                ('moved_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('needs_account', models.BooleanField(default=False, help_text='Customers must sign in before they hold seats. This keeps a rush fair, and stops people who hold seats again and again without paying.', verbose_name='only with an account')),
                ('access_released_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('from_price', models.DecimalField(blank=True, decimal_places=3, editable=False, max_digits=12, null=True)),
                ('lowest_price', models.DecimalField(blank=True, decimal_places=3, editable=False, max_digits=12, null=True)),
                ('revision', models.PositiveIntegerField(default=0, editable=False)),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shows', to='events.event', verbose_name='event')),
                ('hall', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shows', to='theaters.hall', verbose_name='hall')),
                ('seat_map', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shows', to='theaters.seatmap', verbose_name='seat map')),
            ],
            options={
                'verbose_name': 'show',
                'verbose_name_plural': 'shows',
                'ordering': ['starts_at'],
                'indexes': [
                    models.Index(fields=['starts_at', 'event'], name='show_start_event'),
                    models.Index(fields=['event', 'starts_at'], name='show_event_start'),
                    models.Index(fields=['hall', 'starts_at', 'event', 'state'], name='show_hall_start'),
                    models.Index(fields=['state', 'language', 'starts_at'], name='show_language'),
                    models.Index(condition=models.Q(('sales_open_at__isnull', False)), fields=['sales_open_at'], name='show_opening'),
                    models.Index(fields=['state', 'event', 'starts_at', 'hall', 'from_price', 'lowest_price', 'language'], name='show_catalogue'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='show_ends_after_start', violation_error_message='A show must end after it starts.'),
                    models.CheckConstraint(condition=models.Q(('cleared_at__gte', models.F('ends_at'))), name='show_cleared_after_end', violation_error_message='A hall cannot be cleared before its show ends.'),
                    models.CheckConstraint(condition=models.Q(('doors_at', None), ('doors_at__lte', models.F('starts_at')), _connector='OR'), name='show_doors_by_start', violation_error_message='Doors must open before the show starts.'),
                    models.CheckConstraint(condition=models.Q(('sales_close_at', None), ('sales_open_at', None), ('sales_close_at__gt', models.F('sales_open_at')), _connector='OR'), name='show_sale_closes_after_opening', violation_error_message='The sale must end after it begins.'),
                    models.CheckConstraint(condition=models.Q(('sales_open_at', None), ('sales_close_at__isnull', False), ('sales_open_at__lt', models.F('starts_at')), _connector='OR'), name='show_sale_opens_before_start', violation_error_message='The sale must open before the show starts.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('refund_hours__isnull', False), ('refunds', 'until')), models.Q(('refund_hours', None), ('refund_percent', None), models.Q(('refunds', 'until'), _negated=True)), _connector='OR'), name='show_refund_terms', violation_error_message='Enter until how many hours before the start tickets may be returned.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ShowArea',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('capacity', models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(250000)], verbose_name='capacity')),
                ('taken', models.PositiveIntegerField(default=0, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(250000)], verbose_name='taken')),
                ('limit', models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(250000)])),
                ('area', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='theaters.area', verbose_name='area')),
                ('show', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='areas', to='events.show', verbose_name='show')),
            ],
            options={
                'verbose_name': 'area of a show',
                'verbose_name_plural': 'areas of shows',
                'constraints': [
                    models.UniqueConstraint(fields=('show', 'area'), name='show_area_unique', violation_error_message='This show has this area already.'),
                    models.CheckConstraint(condition=models.Q(('taken__gte', 0), ('taken__lte', models.F('capacity'))), name='show_area_within_capacity', violation_error_message='More places are taken than this area would have.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ShowKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=60, verbose_name='key')),
                ('show', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='import_key', to='events.show')),
                ('theater', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='show_keys', to='theaters.theater')),
            ],
            options={
                'verbose_name': 'key of a show',
                'verbose_name_plural': 'keys of shows',
                'constraints': [
                    models.UniqueConstraint(fields=('theater', 'key'), name='show_key_unique', violation_error_message='This theater already has a show with this key.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='TicketType',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('who', models.CharField(blank=True, max_length=200, verbose_name='who may use it')),
                ('is_personal', models.BooleanField(default=False, help_text="Customers can't pass these tickets on to others.", verbose_name='personal')),
                ('is_companion', models.BooleanField(default=False, help_text='Sold only together with a wheelchair place, one for each. Its price may be zero; it is never the price that pages show.', verbose_name='for companions')),
                ('order', models.PositiveSmallIntegerField(default=0, help_text='The first one with a price in a category is the default: it is preselected for customers, and pages show its price. The others are shown as reductions.', verbose_name='order')),
                ('theater', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='ticket_types', to='theaters.theater', verbose_name='theater')),
            ],
            options={
                'verbose_name': 'ticket type',
                'verbose_name_plural': 'ticket types',
                'ordering': ['theater', 'order', 'name'],
                'constraints': [
                    models.UniqueConstraint(fields=('theater', 'name'), name='ticket_type_name_unique', violation_error_message='This theater already has a ticket type of this name.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='TemplatePrice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category_name', models.CharField(max_length=80, verbose_name='category')),
                ('amount', models.DecimalField(decimal_places=3, max_digits=12, verbose_name='amount')),
                ('template', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prices', to='events.pricetemplate')),
                ('ticket_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='events.tickettype')),
            ],
            options={
                'verbose_name': 'price of a template',
                'verbose_name_plural': 'prices of templates',
                'ordering': ['template', 'pk'],
                'constraints': [
                    models.UniqueConstraint(fields=('template', 'category_name', 'ticket_type'), name='template_price_unique', violation_error_message='The template has a price for this category and ticket type already.'),
                    models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='template_price_not_negative', violation_error_message="A template's price cannot be less than zero."),
                ],
            },
        ),
        migrations.CreateModel(
            name='Price',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount', models.DecimalField(decimal_places=3, max_digits=12, verbose_name='amount')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='theaters.seatcategory', verbose_name='category')),
                ('show', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='prices', to='events.show', verbose_name='show')),
                ('ticket_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='prices', to='events.tickettype', verbose_name='ticket type')),
            ],
            options={
                'verbose_name': 'price',
                'verbose_name_plural': 'prices',
                'ordering': ['show', 'category__rank', 'ticket_type__order'],
                'constraints': [
                    models.UniqueConstraint(fields=('show', 'category', 'ticket_type'), name='price_unique', violation_error_message='This ticket type has a price in this category already.'),
                    models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='price_not_negative', violation_error_message='A price cannot be less than zero.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='TimetableChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('made', 'made'), ('moved', 'moved')], max_length=10)),
                ('shows', models.JSONField(default=list)),
                ('before', models.JSONField(blank=True, default=dict)),
                ('after', models.JSONField(blank=True, default=dict)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('undone_at', models.DateTimeField(blank=True, null=True)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('theater', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='theaters.theater')),
            ],
            options={
                'verbose_name': 'change of the timetable',
                'verbose_name_plural': 'changes of the timetable',
                'ordering': ['-pk'],
                'indexes': [
                    models.Index(condition=models.Q(('undone_at__isnull', True)), fields=['by', 'theater', '-id'], name='timetable_undo'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ImportRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('events', 'events'), ('shows', 'shows')], max_length=10, verbose_name='kind')),
                ('file_name', models.CharField(max_length=200, verbose_name='file')),
                ('state', models.CharField(choices=[('reading', 'being read'), ('unclear', 'encoding unclear'), ('unreadable', 'unreadable'), ('checked', 'checked, nothing written'), ('writing', 'being imported'), ('done', 'imported'), ('dismissed', 'dismissed')], default='reading', max_length=10, verbose_name='state')),
                ('rows', models.PositiveIntegerField(default=0, verbose_name='rows')),
                ('new', models.PositiveIntegerField(default=0, verbose_name='new')),
                ('changed', models.PositiveIntegerField(default=0, verbose_name='changed')),
                ('unchanged', models.PositiveIntegerField(default=0, verbose_name='unchanged')),
                ('wrong', models.PositiveIntegerField(default=0, verbose_name='wrong')),
                ('errors', models.JSONField(blank=True, default=list, verbose_name='errors')),
                ('encoding', models.CharField(blank=True, editable=False, max_length=20)),
                ('refusal', models.CharField(blank=True, editable=False, max_length=500, verbose_name='why not')),
                ('language', models.CharField(default='en', editable=False, max_length=10)),
                ('only_right', models.BooleanField(default=False, editable=False)),
                ('percent', models.PositiveSmallIntegerField(default=0, editable=False, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)])),
                ('woken_at', models.DateTimeField(editable=False, null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='uploaded')),
                ('done_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='imported at')),
                ('content', models.BinaryField(default=b'')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('theater', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='import_runs', to='theaters.theater', verbose_name='theater')),
            ],
            options={
                'verbose_name': 'import',
                'verbose_name_plural': 'imports',
                'ordering': ['-created_at', '-pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('rows', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('new'), '+', models.F('changed')), '+', models.F('unchanged')), '+', models.F('wrong')))), name='import_run_counts_add_up', violation_error_message='The counts of an import do not add up to its rows.')],
            },
        ),
        OnPostgreSQL(
            "ALTER TABLE events_show ADD CONSTRAINT show_hall_free EXCLUDE USING gist "
            "(hall_id WITH =, tstzrange(starts_at, cleared_at) WITH &&) WHERE (state <> 'canceled')",
            "ALTER TABLE events_show DROP CONSTRAINT show_hall_free",
        ),
        migrations.CreateModel(
            name='FeeRule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='As customers read it: service fee.', max_length=80, verbose_name='name')),
                ('per', models.CharField(choices=[('ticket', 'per ticket'), ('booking', 'per booking')], default='ticket', max_length=10, verbose_name='charged')),
                ('amount', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1000000)], verbose_name='amount')),
                ('percent', models.DecimalField(blank=True, decimal_places=4, help_text='Of what the ticket costs less its discount.', max_digits=7, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='share of the price in percent')),
                ('minimum', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1000000)], verbose_name='at least')),
                ('maximum', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1000000)], verbose_name='at most')),
                ('is_on_web', models.BooleanField(default=True, verbose_name='on the web')),
                ('is_on_api', models.BooleanField(default=True, verbose_name='by the API')),
                ('is_at_box_office', models.BooleanField(default=False, verbose_name='at the box office')),
                ('category_name', models.CharField(blank=True, help_text='Its name, in whatever hall; empty: in all.', max_length=80, verbose_name='only in the category')),
                ('price_from', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1000000)], verbose_name='only for prices from')),
                ('price_to', models.DecimalField(blank=True, decimal_places=3, max_digits=12, null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1000000)], verbose_name='only for prices up to')),
                ('starts_at', models.DateTimeField(blank=True, null=True, verbose_name='from')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='until')),
                ('is_for_free_tickets', models.BooleanField(default=False, help_text='Such as those that a voucher pays in full.', verbose_name='also for free tickets')),
                ('is_returned', models.BooleanField(default=False, help_text='When the theater cancels a show, all fees go back anyway.', verbose_name='returned on cancellation')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='order')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('event', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='events.event', verbose_name='only for the event')),
                ('theater', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='fee_rules', to='theaters.theater', verbose_name='theater')),
                ('ticket_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='events.tickettype', verbose_name='only for the ticket type')),
            ],
            options={
                'verbose_name': 'fee',
                'verbose_name_plural': 'fees',
                'ordering': ['theater', 'order', 'name', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('amount__isnull', False), ('maximum', None), ('minimum', None), ('percent__isnull', True)), models.Q(('amount__isnull', True), ('percent__isnull', False)), _connector='OR'), name='fee_rule_amount_or_share', violation_error_message='A fee is an amount or a share of the price; only a share has a least and a most.'), models.CheckConstraint(condition=models.Q(('minimum', None), ('maximum', None), ('minimum__lte', models.F('maximum')), _connector='OR'), name='fee_rule_range', violation_error_message='The least of a fee is not above the most.'), models.CheckConstraint(condition=models.Q(('ends_at', None), ('starts_at', None), ('starts_at__lt', models.F('ends_at')), _connector='OR'), name='fee_rule_period', violation_error_message='A fee ends after it begins.')],
            },
        ),
    ]
