"""Renames two models and a field; tables and columns keep their names, so no SQL runs."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('verses', '0003_add_count_store'),
    ]

    operations = [
        migrations.AlterModelTable('CountFile', 'verses_countfile'),
        migrations.AlterModelTable('CountStore', 'verses_countstore'),
        migrations.RenameModel('CountFile', 'CounterOffsets'),
        migrations.RenameModel('CountStore', 'CounterDatabase'),
        migrations.AlterField('CounterOffsets', 'folded', models.BinaryField(db_column='folded', default=bytes)),
        migrations.RenameField('CounterOffsets', 'folded', 'flushed'),
        migrations.AlterModelOptions('CounterOffsets', {'verbose_name': 'counter offsets', 'verbose_name_plural': 'counter offsets'}),
        migrations.AlterModelOptions('CounterDatabase', {'verbose_name': 'counter database', 'verbose_name_plural': 'counter databases'}),
    ]
