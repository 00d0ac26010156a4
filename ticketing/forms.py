"""How forms render on customer pages: `templates/partials/_form.html` and `_field.html`."""

from django.forms.renderers import TemplatesSetting


class PageRenderer(TemplatesSetting):
    form_template_name = "partials/_form.html"
    field_template_name = "partials/_field.html"
