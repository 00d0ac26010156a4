import datetime
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import uuid
import theaters.models.brands
import theaters.models.places
import theaters.models.sending_domains
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='City',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('slug', models.SlugField(unique=True)),
                ('country', models.CharField(help_text='Two letters, ISO 3166-1.', max_length=2, validators=[django.core.validators.RegexValidator('^[A-Z]{2}$')], verbose_name='country')),
                ('time_zone', models.CharField(max_length=64, validators=[theaters.models.places.validate_time_zone], verbose_name='time zone')),
            ],
            options={
                'verbose_name': 'city',
                'verbose_name_plural': 'cities',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='Hall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('cleaning_minutes', models.PositiveSmallIntegerField(default=20, help_text='Minutes between the end of a show and the next one.', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1440)], verbose_name='cleaning time')),
            ],
            options={
                'verbose_name': 'hall',
                'verbose_name_plural': 'halls',
                'ordering': ['theater', 'name'],
            },
        ),
        migrations.CreateModel(
            name='SeatMap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(verbose_name='version')),
                ('state', models.CharField(choices=[('draft', 'draft'), ('published', 'published'), ('retired', 'retired')], default='draft', max_length=10, verbose_name='state')),
                ('capacity', models.PositiveIntegerField(default=0, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(250000)], verbose_name='capacity')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published at')),
                ('revision', models.PositiveIntegerField(default=0, editable=False)),
                ('edited_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('edited_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('layout', models.JSONField(default=dict, verbose_name='layout')),
                ('hall', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seat_maps', to='theaters.hall', verbose_name='hall')),
            ],
            options={
                'verbose_name': 'seat map',
                'verbose_name_plural': 'seat maps',
                'ordering': ['hall', '-version'],
                'constraints': [
                    models.UniqueConstraint(fields=('hall', 'version'), name='seat_map_version_unique', violation_error_message='This hall has a seat map of this version already.'),
                    models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('hall',), name='seat_map_one_draft', violation_error_message='This hall has a draft of its seat map already.'),
                    models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('hall',), name='seat_map_one_published', violation_error_message='This hall has a published seat map already.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='SeatCategory',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('color', models.CharField(max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-fA-F]{6}$')], verbose_name='color')),
                ('rank', models.PositiveSmallIntegerField(verbose_name='rank')),
                ('seat_map', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='categories', to='theaters.seatmap', verbose_name='seat map')),
            ],
            options={
                'verbose_name': 'seat category',
                'verbose_name_plural': 'seat categories',
                'ordering': ['seat_map', 'rank'],
                'constraints': [
                    models.UniqueConstraint(fields=('seat_map', 'name'), name='seat_category_name_unique', violation_error_message='This seat map already has a category of this name.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Seat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('guid', models.CharField(max_length=64)),
                ('section', models.CharField(blank=True, max_length=80, verbose_name='section')),
                ('row', models.CharField(blank=True, max_length=20, verbose_name='row')),
                ('number', models.CharField(max_length=20, verbose_name='number')),
                ('x', models.FloatField(validators=[django.core.validators.MinValueValidator(-10000000), django.core.validators.MaxValueValidator(10000000)])),
                ('y', models.FloatField(validators=[django.core.validators.MinValueValidator(-10000000), django.core.validators.MaxValueValidator(10000000)])),
                ('run', models.PositiveIntegerField()),
                ('position', models.PositiveSmallIntegerField()),
                ('is_accessible', models.BooleanField(default=False, verbose_name='wheelchair place')),
                ('is_companion', models.BooleanField(default=False, verbose_name='companion seat')),
                ('has_restricted_view', models.BooleanField(default=False, verbose_name='restricted view')),
                ('is_aisle', models.BooleanField(default=False, verbose_name='on the aisle')),
                ('is_step_free', models.BooleanField(default=False, verbose_name='step-free')),
                ('has_hearing_loop', models.BooleanField(default=False, verbose_name='hearing loop')),
                ('quality', models.SmallIntegerField(default=0, validators=[django.core.validators.MinValueValidator(-30000), django.core.validators.MaxValueValidator(1000)])),
                ('screen_quality', models.SmallIntegerField(default=0, validators=[django.core.validators.MinValueValidator(-30000), django.core.validators.MaxValueValidator(1000)])),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='seats', to='theaters.seatcategory', verbose_name='category')),
                ('companion_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='companions', to='theaters.seat')),
                ('seat_map', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='seats', to='theaters.seatmap', verbose_name='seat map')),
            ],
            options={
                'verbose_name': 'seat',
                'verbose_name_plural': 'seats',
                'ordering': ['seat_map', 'run', 'position'],
                'constraints': [
                    models.UniqueConstraint(fields=('seat_map', 'guid'), name='seat_guid_unique', violation_error_message='Two seats of a seat map have the same id.'),
                    models.UniqueConstraint(fields=('seat_map', 'run', 'position'), name='seat_position_unique', violation_error_message='Two seats of a row are at the same position.'),
                    models.CheckConstraint(condition=models.Q(('companion_of', None), ('is_companion', True), _connector='OR'), name='seat_companion_of_place', violation_error_message='Only a companion seat belongs to a wheelchair place.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Area',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('guid', models.CharField(max_length=64)),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('capacity', models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(250000)], verbose_name='capacity')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='areas', to='theaters.seatcategory', verbose_name='category')),
                ('seat_map', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='areas', to='theaters.seatmap', verbose_name='seat map')),
            ],
            options={
                'verbose_name': 'area',
                'verbose_name_plural': 'areas',
                'ordering': ['seat_map', 'name'],
                'constraints': [
                    models.UniqueConstraint(fields=('seat_map', 'guid'), name='area_guid_unique', violation_error_message='Two areas of a seat map have the same id.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='SeatMapUpload',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file_name', models.CharField(max_length=200, verbose_name='file')),
                ('state', models.CharField(choices=[('reading', 'being read'), ('unclear', 'encoding unclear'), ('drawing', 'drawing to be checked'), ('refused', 'refused'), ('done', 'read')], default='reading', max_length=10, verbose_name='state')),
                ('encoding', models.CharField(blank=True, max_length=20)),
                ('language', models.CharField(default='en', max_length=10)),
                ('problems', models.JSONField(blank=True, default=list)),
                ('percent', models.PositiveSmallIntegerField(default=0, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)])),
                ('woken_at', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='uploaded')),
                ('content', models.BinaryField(default=b'')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('hall', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uploads', to='theaters.hall', verbose_name='hall')),
                ('seat_map', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='theaters.seatmap')),
            ],
            options={
                'verbose_name': 'upload of a seat map',
                'verbose_name_plural': 'uploads of seat maps',
                'ordering': ['-created_at', '-pk'],
            },
        ),
        migrations.CreateModel(
            name='Backdrop',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('width', models.PositiveSmallIntegerField()),
                ('height', models.PositiveSmallIntegerField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('seen_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('hall', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='backdrops', to='theaters.hall', verbose_name='hall')),
                ('picture', models.BinaryField()),
            ],
            options={
                'verbose_name': 'backdrop',
                'verbose_name_plural': 'backdrops',
                'ordering': ['hall', '-created_at'],
            },
        ),
        migrations.CreateModel(
            name='SectionPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('section', models.CharField(blank=True, max_length=80, verbose_name='section')),
                ('photo', models.ImageField(upload_to='views/', verbose_name='photo')),
                ('alt', models.CharField(help_text='For people who can’t see it, such as: the whole stage, with the lighting bridge above.', max_length=200, verbose_name='what it shows')),
                ('hall', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='section_photos', to='theaters.hall', verbose_name='hall')),
            ],
            options={
                'verbose_name': 'photo of the view',
                'verbose_name_plural': 'photos of the view',
                'ordering': ['hall', 'section'],
                'constraints': [
                    models.UniqueConstraint(fields=('hall', 'section'), name='section_photo_unique', violation_error_message='This section already has a photo.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Brand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='As customers know you: on pages, mails and tickets.', max_length=80, validators=[django.core.validators.RegexValidator('\\A[^\\x00-\\x1f\\x7f]*\\Z', 'Type one line of text.')], verbose_name='name')),
                ('slug', models.SlugField(unique=True, verbose_name='slug')),
                ('logo', models.ImageField(blank=True, help_text='PNG, WebP or JPEG, best with a transparent background, 480 pixels wide or more.', upload_to='brands/', verbose_name='logo')),
                ('logo_dark', models.ImageField(blank=True, help_text='Without one, the logo stands on a light plate there.', upload_to='brands/', verbose_name='logo on dark pages')),
                ('favicon', models.ImageField(blank=True, help_text='Square, for browser tabs and home screens. Without one, the first letter of your name.', upload_to='brands/', verbose_name='icon')),
                ('photo', models.ImageField(blank=True, help_text='Shown where your pages are shared.', upload_to='brands/', verbose_name='photo')),
                ('color', models.CharField(blank=True, help_text='Of buttons, links and marks. Empty: the site’s own.', max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-fA-F]{6}$')], verbose_name='color')),
                ('color_dark', models.CharField(blank=True, help_text='Empty: the nearest shade of the color that is legible there.', max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-fA-F]{6}$')], verbose_name='color on dark pages')),
                ('typeface', models.CharField(choices=[('gloock', 'Gloock, an elegant serif'), ('martel', 'Martel, a strong serif'), ('hanken', 'Hanken Grotesk, plain'), ('poppins', 'Poppins, geometric'), ('baloo', 'Baloo 2, round')], default='gloock', max_length=10, verbose_name='typeface of titles')),
                ('sender_name', models.CharField(blank=True, help_text='Of mails. Empty: the name above.', max_length=80, validators=[django.core.validators.RegexValidator('\\A[^\\x00-\\x1f\\x7f]*\\Z', 'Type one line of text.')], verbose_name='sender’s name')),
                ('reply_address', models.EmailField(blank=True, help_text='Where customers’ answers to mails go.', max_length=254, verbose_name='reply address')),
                ('social_links', models.TextField(blank=True, help_text='Your website and pages elsewhere, one a line.', max_length=1000, validators=[theaters.models.brands.validate_links], verbose_name='links')),
                ('domain', models.CharField(blank=True, help_text='A domain of your own that shows only your program, such as tickets.example.org.', max_length=200, validators=[theaters.models.brands.validate_domain], verbose_name='domain')),
                ('is_domain_confirmed', models.BooleanField(default=False, help_text='Set by a platform admin who has seen that the domain is the theater’s and leads here.', verbose_name='domain confirmed')),
                ('names_marquee', models.BooleanField(default=True, help_text='Once, small, at the foot of pages.', verbose_name='name Marquee')),
            ],
            options={
                'verbose_name': 'name and look',
                'verbose_name_plural': 'names and looks',
                'ordering': ['name', 'pk'],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('is_domain_confirmed', True)), fields=('domain',), name='brand_domain_unique', violation_error_message='This domain is another’s already.'),
                    models.CheckConstraint(condition=models.Q(('is_domain_confirmed', False), models.Q(('domain', ''), _negated=True), _connector='OR'), name='brand_domain_confirmed', violation_error_message='There is no domain to confirm.'),
                    models.CheckConstraint(condition=models.Q(('domain', django.db.models.functions.text.Lower('domain'))), name='brand_domain_lowercase', violation_error_message='Write the domain in lower case.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='SendingDomain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.CharField(help_text='In your own domain, with a mailbox behind it: what can’t be delivered comes back to it.', max_length=200, validators=[theaters.models.sending_domains.validate_sender], verbose_name='sender’s address')),
                ('token', models.CharField(default=theaters.models.sending_domains.make_token, max_length=32, verbose_name='proof of the domain')),
                ('verified_domain', models.CharField(blank=True, max_length=200, verbose_name='confirmed domain')),
                ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='looked up')),
                ('failing_since', models.DateTimeField(blank=True, null=True, verbose_name='records missing since')),
                ('findings', models.JSONField(blank=True, default=list, verbose_name='records')),
                ('brand', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='sending_domain', to='theaters.brand', verbose_name='name and look')),
            ],
            options={
                'verbose_name': 'sending domain',
                'verbose_name_plural': 'sending domains',
                'constraints': [models.CheckConstraint(condition=models.Q(('address', django.db.models.functions.text.Lower('address'))), name='sending_address_lowercase', violation_error_message='Write the address in lower case.')],
            },
        ),
        migrations.CreateModel(
            name='Seller',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(help_text='As in the register, such as: Riverside Theatre', max_length=160, verbose_name='name')),
                ('legal_form', models.CharField(blank=True, help_text='Such as: GmbH, Ltd', max_length=80, verbose_name='legal form')),
                ('street', models.CharField(max_length=160, verbose_name='street')),
                ('postcode', models.CharField(blank=True, max_length=20, verbose_name='postcode')),
                ('city', models.CharField(max_length=120, verbose_name='city')),
                ('country', models.CharField(help_text='Two letters, ISO 3166-1.', max_length=2, validators=[django.core.validators.RegexValidator('^[A-Z]{2}$')], verbose_name='country')),
                ('represented_by', models.CharField(blank=True, max_length=200, verbose_name='represented by')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('register', models.CharField(blank=True, help_text='Who keeps it, such as: Commercial Court of Vienna', max_length=160, verbose_name='register')),
                ('register_number', models.CharField(blank=True, max_length=60, verbose_name='register number')),
                ('vat_number', models.CharField(blank=True, max_length=30, verbose_name='VAT number')),
                ('supervisory_authority', models.CharField(blank=True, max_length=200, verbose_name='supervisory authority')),
                ('dispute_resolution', models.TextField(blank=True, help_text='Whether you take part in proceedings before a consumer arbitration board, and which one.', max_length=20000, verbose_name='dispute resolution')),
            ],
            options={
                'verbose_name': 'seller',
                'verbose_name_plural': 'sellers',
                'ordering': ['name', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Theater',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=160, verbose_name='name')),
                ('slug', models.SlugField(unique=True, verbose_name='slug')),
                ('place', models.CharField(max_length=300, verbose_name='address')),
                ('latitude', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True, validators=[django.core.validators.MinValueValidator(-90), django.core.validators.MaxValueValidator(90)], verbose_name='latitude')),
                ('longitude', models.DecimalField(blank=True, decimal_places=6, max_digits=9, null=True, validators=[django.core.validators.MinValueValidator(-180), django.core.validators.MaxValueValidator(180)], verbose_name='longitude')),
                ('currency', models.CharField(help_text='Three letters, ISO 4217.', max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}$')], verbose_name='currency')),
                ('tax_rate', models.DecimalField(decimal_places=4, default=0, help_text='Percent, with up to four decimals: 20, or 8.875. For all that has no tax rate of its own.', max_digits=7, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='tax rate')),
                ('prices_include_tax', models.BooleanField(default=True, verbose_name='prices include tax')),
                ('tax_rounding', models.CharField(choices=[('booking', 'once for each booking and rate'), ('line', 'for each ticket and fee')], default='booking', help_text='As the law of the country has it.', max_length=10, verbose_name='tax is rounded')),
                ('charges_key', models.CharField(blank=True, default='', editable=False, max_length=32)),
                ('charges_shown_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('description', models.TextField(blank=True, max_length=20000, verbose_name='description')),
                ('photo', models.ImageField(blank=True, upload_to='theaters/', verbose_name='photo')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('website', models.URLField(blank=True, verbose_name='website')),
                ('access_information', models.TextField(blank=True, max_length=20000, verbose_name='access information')),
                ('travel_information', models.TextField(blank=True, help_text='Stops and parking; included in the reminder before a show.', max_length=20000, verbose_name='how to get there')),
                ('is_published', models.BooleanField(default=False, verbose_name='published')),
                ('allows_reentry', models.BooleanField(default=True, help_text='A ticket that was scanned on the way out admits again.', verbose_name='visitors may come in again')),
                ('keeps_names_at_door', models.BooleanField(default=False, help_text='So that visitors are found by name without a network, too. They stay until the show is over.', verbose_name="names on the door's devices")),
                ('offers_newsletter', models.BooleanField(default=False, help_text='Customers are asked at checkout and in their account whether they want it.', verbose_name='newsletter')),
                ('asks_terms_box', models.BooleanField(default=False, help_text='Otherwise the checkout says that they accept them by booking.', verbose_name='customers tick that they accept the terms')),
                ('allows_passing_on', models.BooleanField(default=True, help_text='They give a ticket to somebody else, who gets it with a new code.', verbose_name='customers may pass tickets on')),
                ('ticket_stock', models.CharField(choices=[('a4_1', 'A4, one ticket a page'), ('a4_2', 'A4, two tickets a page'), ('a4_4', 'A4, four tickets a page'), ('roll_80', 'roll, 80 mm wide'), ('card_8x3', 'card, 8 × 3 in (203 × 76 mm)'), ('card_5x2', 'card, 5½ × 2 in (140 × 51 mm)')], default='a4_4', help_text='By the box office; mailed tickets stay the size of a phone. Try it with a test print.', max_length=10, verbose_name='tickets are printed on')),
                ('requires_mfa', models.BooleanField(default=False, help_text='Everyone who works here must set one up first.', verbose_name='staff need a second factor')),
                ('report_domains', models.CharField(blank=True, help_text="Reports with customers' addresses are mailed to members of the team, and to any address at these domains. Separate several with spaces.", max_length=200, validators=[django.core.validators.RegexValidator('^\\s*([\\w-]+\\.)+\\w{2,}(\\s+([\\w-]+\\.)+\\w{2,})*\\s*$', 'Such as: example.org')], verbose_name='domains for reports')),
                ('uses_site_gateways', models.BooleanField(default=True, help_text='While it has no payment account of its own in use. Platform admins decide.', verbose_name='payments through the site’s accounts')),
                ('own_gateways', models.CharField(blank=True, default='', editable=False, max_length=60)),
                ('rating_average', models.DecimalField(blank=True, decimal_places=2, editable=False, max_digits=3, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(5)], verbose_name='rating average')),
                ('rating_count', models.PositiveIntegerField(default=0, editable=False, verbose_name='rating count')),
                ('words_version', models.PositiveIntegerField(default=0, editable=False)),
                ('city', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='theaters', to='theaters.city', verbose_name='city')),
                ('seller', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='theaters', to='theaters.seller', verbose_name='seller')),
                ('brand', models.ForeignKey(blank=True, help_text='Empty: the site’s own.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='theaters', to='theaters.brand', verbose_name='name and look')),
            ],
            options={
                'verbose_name': 'theater',
                'verbose_name_plural': 'theaters',
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='OpeningHours',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('theater', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='opening_hours', to='theaters.theater', verbose_name='theater')),
                ('weekday', models.PositiveSmallIntegerField(blank=True, choices=[(0, 'Monday'), (1, 'Tuesday'), (2, 'Wednesday'), (3, 'Thursday'), (4, 'Friday'), (5, 'Saturday'), (6, 'Sunday')], null=True, verbose_name='day of the week')),
                ('date', models.DateField(blank=True, null=True, verbose_name='date')),
                ('opens', models.TimeField(blank=True, null=True, verbose_name='opens')),
                ('closes', models.TimeField(blank=True, help_text='0:00 is midnight.', null=True, verbose_name='closes')),
                ('note', models.CharField(blank=True, help_text='Shown beside the date, such as “Christmas Eve”.', max_length=80, verbose_name='note')),
            ],
            options={
                'verbose_name': 'opening hours',
                'verbose_name_plural': 'opening hours',
                'ordering': ['theater', 'date', 'weekday', 'opens'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('date__isnull', False), ('weekday', None)), models.Q(('date', None), ('weekday__isnull', False)), _connector='OR'), name='opening_hours_one_day', violation_error_message='Choose a day of the week or a date.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('closes__isnull', False), ('opens__isnull', False)), models.Q(('closes', None), ('date__isnull', False), ('opens', None)), _connector='OR'), name='opening_hours_both_ends', violation_error_message='Enter when it opens and when it closes.'),
                    models.CheckConstraint(condition=models.Q(('opens', None), ('closes__gt', models.F('opens')), models.Q(('closes', datetime.time(0, 0)), ('opens__gt', datetime.time(0, 0))), _connector='OR'), name='opening_hours_close_later', violation_error_message='It must close after it opens.'),
                    models.UniqueConstraint(fields=('theater', 'weekday', 'opens'), name='opening_hours_once_a_weekday', violation_error_message='This day has these hours already.'),
                    models.UniqueConstraint(fields=('theater', 'date', 'opens'), name='opening_hours_once_a_date', violation_error_message='This date has these hours already.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Wording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.CharField(max_length=80, verbose_name='place')),
                ('language', models.CharField(max_length=10, verbose_name='language')),
                ('text', models.TextField(blank=True, max_length=2000, verbose_name='text')),
                ('saved_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='saved')),
                ('saved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('theater', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='wordings', to='theaters.theater', verbose_name='theater')),
            ],
            options={
                'verbose_name': 'wording',
                'verbose_name_plural': 'wordings',
                'constraints': [
                    models.UniqueConstraint(fields=('theater', 'place', 'language'), name='wording_unique', violation_error_message='There is already a text for this place in this language.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='FormerWording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(blank=True, max_length=2000)),
                ('saved_at', models.DateTimeField()),
                ('saved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('wording', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='former', to='theaters.wording')),
            ],
            options={
                'verbose_name': 'former wording',
                'verbose_name_plural': 'former wordings',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='StaffMembership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('manager', 'manager'), ('programmer', 'programmer'), ('box_office', 'box office'), ('door', 'door'), ('accountant', 'accountant')], max_length=20, verbose_name='role')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='created at')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='staff_memberships', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                ('theater', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='staff_memberships', to='theaters.theater', verbose_name='theater')),
            ],
            options={
                'verbose_name': 'staff membership',
                'verbose_name_plural': 'staff memberships',
                'constraints': [
                    models.UniqueConstraint(fields=('user', 'theater', 'role'), name='staff_membership_unique', violation_error_message='This person has this role in this theater already.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('role', models.CharField(choices=[('manager', 'manager'), ('programmer', 'programmer'), ('box_office', 'box office'), ('door', 'door'), ('accountant', 'accountant')], max_length=20, verbose_name='role')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='invited')),
                ('expires_at', models.DateTimeField(editable=False, verbose_name='valid until')),
                ('version', models.PositiveSmallIntegerField(default=1, editable=False)),
                ('accepted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='accepted')),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='withdrawn')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='invited by')),
                ('theater', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='theaters.theater', verbose_name='theater')),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
                'ordering': ['-created_at', '-pk'],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('accepted_at__isnull', True), ('withdrawn_at__isnull', True)), fields=('theater', 'email', 'role'), name='invitation_one_open', violation_error_message='There is an open invitation to this address for this role already.'),
                    models.CheckConstraint(condition=models.Q(('accepted_at__isnull', True), ('withdrawn_at__isnull', True), _connector='OR'), name='invitation_one_end', violation_error_message='An invitation is accepted or withdrawn, not both.'),
                    models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower(models.F('email')))), name='invitation_email_lowercase', violation_error_message='Write the invited address in lower case.'),
                ],
            },
        ),
        migrations.AddField(
            model_name='hall',
            name='theater',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='halls', to='theaters.theater', verbose_name='theater'),
        ),
        migrations.AddConstraint(
            model_name='hall',
            constraint=models.UniqueConstraint(fields=('theater', 'name'), name='hall_name_unique', violation_error_message='This theater already has a hall of this name.'),
        ),
        migrations.CreateModel(
            name='TaxRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('admission', 'admission'), ('fee', 'fee'), ('goods', 'goods')], max_length=10, verbose_name='kind of sale')),
                ('rate', models.DecimalField(decimal_places=4, help_text='Percent, with up to four decimals: 20, or 8.875.', max_digits=7, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='tax rate')),
                ('from_on', models.DateField(verbose_name='valid from')),
                ('theater', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tax_rates', to='theaters.theater', verbose_name='theater')),
            ],
            options={
                'verbose_name': 'tax rate',
                'verbose_name_plural': 'tax rates',
                'ordering': ['theater', 'kind', '-from_on'],
                'constraints': [
                    models.UniqueConstraint(fields=('theater', 'kind', 'from_on'), name='tax_rate_once_a_day', violation_error_message='There is a rate for this kind of sale from this day on already.'),
                ],
            },
        ),
    ]
