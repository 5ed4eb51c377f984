from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('churn', '0006_name_states_of_places'),
    ]

    operations = [
        migrations.RenameField('scoring', 'of_command', 'in_foreground'),
        migrations.RenameField('trainingrun', 'of_command', 'in_foreground'),
    ]
