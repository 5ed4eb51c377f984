from django.db import migrations


def word_in_both(apps, schema_editor):
    """Notes that were kept in English alone stand for both languages."""
    for dataset in apps.get_model("churn", "Dataset").objects.iterator():
        notes = dataset.schema.get("notes", [])
        dataset.schema["notes"] = [
            {"text": {"en": note, "es": note}} if isinstance(note, str) else note for note in notes
        ]
        dataset.save(update_fields=["schema"])


def word_in_english(apps, schema_editor):
    for dataset in apps.get_model("churn", "Dataset").objects.iterator():
        notes = dataset.schema.get("notes", [])
        dataset.schema["notes"] = [note["text"]["en"] for note in notes]
        dataset.save(update_fields=["schema"])


class Migration(migrations.Migration):

    dependencies = [
        ('churn', '0003_refuse_a_precision_of_zero'),
    ]

    operations = [migrations.RunPython(word_in_both, word_in_english)]
