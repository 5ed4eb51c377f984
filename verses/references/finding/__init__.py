"""References in running text."""

from verses.references.finding.search import FoundReference, find_references

__all__ = ["FoundReference", "find_references"]
