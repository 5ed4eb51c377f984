from django.contrib import admin

from verses.models import Chapter, PassageCount, Translation


@admin.register(Translation)
class TranslationAdmin(admin.ModelAdmin[Translation]):
    list_display = ["identifier", "name", "language_name", "license", "is_upstream"]


@admin.register(Chapter)
class ChapterAdmin(admin.ModelAdmin[Chapter]):
    list_display = ["translation", "book", "number", "origin", "fetched_at"]
    list_filter = ["origin", "translation"]


@admin.register(PassageCount)
class PassageCountAdmin(admin.ModelAdmin[PassageCount]):
    list_display = ["osis", "translation", "total"]
