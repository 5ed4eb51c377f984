"""Full-text indexes over the verses, and the triggers that keep them.

A later migration that makes SQLite rebuild `verses_verse` must lay the triggers again.
"""

from django.db import migrations

SQLITE_FORWARDS = [
    """
CREATE VIRTUAL TABLE verses_search USING fts5(
    text, content='verses_verse', content_rowid='id', tokenize="unicode61 remove_diacritics 2"
)
""",
    """
CREATE TRIGGER verses_search_insert AFTER INSERT ON verses_verse BEGIN
    INSERT INTO verses_search (rowid, text) VALUES (new.id, new.text);
END
""",
    """
CREATE TRIGGER verses_search_delete AFTER DELETE ON verses_verse BEGIN
    INSERT INTO verses_search (verses_search, rowid, text) VALUES ('delete', old.id, old.text);
END
""",
    """
CREATE TRIGGER verses_search_update AFTER UPDATE ON verses_verse BEGIN
    INSERT INTO verses_search (verses_search, rowid, text) VALUES ('delete', old.id, old.text);
    INSERT INTO verses_search (rowid, text) VALUES (new.id, new.text);
END
""",
    "INSERT INTO verses_search (verses_search) VALUES ('rebuild')",
]
SQLITE_BACKWARDS = [
    "DROP TRIGGER verses_search_insert",
    "DROP TRIGGER verses_search_delete",
    "DROP TRIGGER verses_search_update",
    "DROP TABLE verses_search",
]
POSTGRESQL_FORWARDS = [
    """
CREATE FUNCTION verses_search_config(tag text) RETURNS regconfig LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE split_part(tag, '-', 1)
        WHEN 'en' THEN 'pg_catalog.english'::regconfig
        WHEN 'es' THEN 'pg_catalog.spanish'::regconfig
        WHEN 'pt' THEN 'pg_catalog.portuguese'::regconfig
        WHEN 'ro' THEN 'pg_catalog.romanian'::regconfig
        WHEN 'ru' THEN 'pg_catalog.russian'::regconfig
        ELSE 'pg_catalog.simple'::regconfig
    END
$$
""",
    "ALTER TABLE verses_verse ADD COLUMN search tsvector",
    """
CREATE FUNCTION verses_search_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.search := to_tsvector(verses_search_config((
        SELECT translation.language FROM verses_chapter chapter
        JOIN verses_translation translation ON translation.identifier = chapter.translation_id
        WHERE chapter.id = NEW.chapter_id
    )), NEW.text);
    RETURN NEW;
END
$$
""",
    """
CREATE TRIGGER verses_search BEFORE INSERT OR UPDATE OF text ON verses_verse
FOR EACH ROW EXECUTE FUNCTION verses_search_update()
""",
    "UPDATE verses_verse SET text = text",
    "CREATE INDEX verses_verse_search ON verses_verse USING gin (search)",
]
POSTGRESQL_BACKWARDS = [
    "DROP TRIGGER verses_search ON verses_verse",
    "ALTER TABLE verses_verse DROP COLUMN search",
    "DROP FUNCTION verses_search_update()",
    "DROP FUNCTION verses_search_config(text)",
]
STATEMENTS = {
    "sqlite": (SQLITE_FORWARDS, SQLITE_BACKWARDS),
    "postgresql": (POSTGRESQL_FORWARDS, POSTGRESQL_BACKWARDS),
}


def index(apps, schema_editor):
    for statement in STATEMENTS[schema_editor.connection.vendor][0]:
        schema_editor.execute(statement, params=None)


def drop_index(apps, schema_editor):
    for statement in STATEMENTS[schema_editor.connection.vendor][1]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("verses", "0001_initial")]

    operations = [migrations.RunPython(index, drop_index)]
