from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('churn', '0010_store_reading_options'),
    ]

    operations = [
        migrations.AddField(
            model_name='scoring',
            name='as_of',
            field=models.DateField(editable=False, null=True, verbose_name='as-of date'),
        ),
        migrations.AddField(
            model_name='scoring',
            name='output_options',
            field=models.JSONField(default=dict, editable=False, verbose_name='output options'),
        ),
        migrations.AddField(
            model_name='trainingrun',
            name='as_of',
            field=models.DateField(editable=False, null=True, verbose_name='as-of date'),
        ),
    ]
