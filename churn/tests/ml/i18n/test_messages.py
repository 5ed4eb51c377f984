import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import churn.ml
from churn import exceptions, services
from churn.exceptions import ChurnError, DataUnfit
from churn.ml.i18n.messages import Message, MessageList
from churn.ml.io.names import format_names

ERRORS = {name for name in vars(exceptions) if name[0].isupper()}
MARKS = {"_", "gettext_noop", "ngettext_noop"}


def raised() -> Iterator[ast.Call]:
    """Yield each of our own errors that is made with a text."""
    folders = [Path(package.__path__[0]) for package in (churn.ml, services)]
    for path in sorted(path for folder in folders for path in folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ERRORS and node.args:
                yield node


def test_every_raised_text_is_marked_and_its_placeholders_filled() -> None:
    for call in raised():
        text = call.args[0]
        if isinstance(text, ast.Name | ast.Subscript):
            continue  # marked in a table
        assert isinstance(text, ast.Call), ast.unparse(call)
        assert ast.unparse(text.func) in MARKS, ast.unparse(call)
        given = {str(keyword.arg) for keyword in call.keywords}
        named = {
            name
            for form in text.args
            for _, name, _, _ in Formatter().parse(ast.literal_eval(form))
            if name is not None
        }
        assert named == given, ast.unparse(call)


def test_a_message_and_an_error_are_english_text() -> None:
    values = {"customers": 1200, "what": Message("a PDF document")}

    assert str(Message("{customers:,} in {what}", values)) == "1,200 in a PDF document"
    assert str(DataUnfit("{customers:,} in {what}", **values)) == "1,200 in a PDF document"


def test_the_count_selects_the_plural() -> None:
    forms = ("{count} row", "{count:,} rows")

    assert str(Message.of(forms, count=1)) == str(ChurnError(forms, count=1)) == "1 row"
    assert str(Message.of(forms, count=2000)) == str(ChurnError(forms, count=2000)) == "2,000 rows"


def test_a_stored_message_comes_back_with_messages_inside() -> None:
    clauses = MessageList((Message("{count} row", {"count": 1}, "{count} rows"), Message("empty")))
    message = Message.of("{column}: {clauses}", column="age", clauses=clauses)

    assert Message.from_dict(message.to_dict()) == message
    assert str(message) == "age: 1 row; empty"


def test_a_name_with_braces_is_not_a_placeholder() -> None:
    columns = format_names(["{x}", *(f"c{number}" for number in range(1500))])
    error = ChurnError("The file lacks {columns}.", columns=columns)

    assert "`{x}`" in str(error)
    assert "and 1,489 more" in str(error)
    assert str(ChurnError("No data set {called} so.")) == "No data set {called} so."
