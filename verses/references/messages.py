"""The sentences of the errors in English, Spanish and Portuguese."""

from verses.references.books import BY_USFM
from verses.references.problems import Code, Problem

_SENTENCES: dict[Code, tuple[str, str, str]] = {
    Code.EMPTY: (
        "There is no reference to read.",
        "No hay ninguna referencia que leer.",
        "Não há nenhuma referência para ler.",
    ),
    Code.TOO_LONG: (
        "A reference has at most {most} characters.",
        "Una referencia tiene como máximo {most} caracteres.",
        "Uma referência tem no máximo {most} caracteres.",
    ),
    Code.NO_BOOK: (
        "The reference must begin with the name of a book.",
        "La referencia debe empezar por el nombre de un libro.",
        "A referência deve começar pelo nome de um livro.",
    ),
    Code.UNKNOWN_BOOK: (
        "There is no book called “{name}”.",
        "No hay ningún libro llamado «{name}».",
        "Não há nenhum livro chamado “{name}”.",
    ),
    Code.AMBIGUOUS_BOOK: (
        "“{name}” may mean more than one book.",
        "«{name}» puede ser más de un libro.",
        "“{name}” pode ser mais de um livro.",
    ),
    Code.NOT_IN_CANON: (
        "“{name}” is not one of the 66 books known here.",
        "«{name}» no es uno de los 66 libros conocidos aquí.",
        "“{name}” não é um dos 66 livros conhecidos aqui.",
    ),
    Code.TOO_MANY_MISSPELLINGS: (
        "Too many names of books are misspelt; “{name}” is one of them.",
        "Hay demasiados nombres de libros mal escritos; «{name}» es uno de ellos.",
        "Há nomes de livros demais com erros; “{name}” é um deles.",
    ),
    Code.NO_CHAPTER: (
        "{book} has {chapters} chapters; name one.",
        "{book} tiene {chapters} capítulos; indique uno.",
        "{book} tem {chapters} capítulos; indique um.",
    ),
    Code.NOT_UNDERSTOOD: (
        "The reference cannot be read from “{fragment}” on.",
        "La referencia no se entiende a partir de «{fragment}».",
        "A referência não se entende a partir de “{fragment}”.",
    ),
    Code.ENDS_EARLY: (
        "The reference breaks off; a number is missing at its end.",
        "La referencia está incompleta; falta un número al final.",
        "A referência está incompleta; falta um número no fim.",
    ),
    Code.REVERSED: (
        "The range ends before it begins.",
        "El intervalo termina antes de empezar.",
        "O intervalo termina antes de começar.",
    ),
    Code.TWO_READINGS: (
        "The reference can be read in more than one way.",
        "La referencia se puede leer de más de una manera.",
        "A referência pode ser lida de mais de uma maneira.",
    ),
    Code.TOO_MANY_VERSES: (
        "A reference holds at most {most} verses.",
        "Una referencia contiene como máximo {most} versículos.",
        "Uma referência contém no máximo {most} versículos.",
    ),
    Code.TOO_MANY_PARTS: (
        "A reference lists at most {most} passages.",
        "Una referencia enumera como máximo {most} pasajes.",
        "Uma referência enumera no máximo {most} passagens.",
    ),
    Code.ABSENT_CHAPTER: (
        "There is no such chapter: {book} has {chapters}.",
        "No existe ese capítulo: {book} tiene {chapters}.",
        "Não existe esse capítulo: {book} tem {chapters}.",
    ),
    Code.ABSENT_VERSE: (
        "There is no such verse: {book} {chapter} has {verses}.",
        "No existe ese versículo: {book} {chapter} tiene {verses}.",
        "Não existe esse versículo: {book} {chapter} tem {verses}.",
    ),
}
_COLUMN = {"en": 0, "es": 1, "pt": 2}


def sentence(problem: Problem, language: str) -> str:
    """Say what is wrong, in `en`, `es` or `pt` (English for others)."""
    values = dict(problem.values)
    book = BY_USFM.get(str(values.get("book")))
    if book:
        values |= {"book": book.name(language), "chapters": book.chapters}
    return _SENTENCES[problem.code][_COLUMN.get(language[:2], 0)].format(**values)
