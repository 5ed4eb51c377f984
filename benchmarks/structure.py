"""Structure of the code in figures, for the table in docs/architecture.md.

    python benchmarks/structure.py [FOLDER ..]

Reads the Python files below the folders (default: config, verses, churn), tests and migrations
excluded. Prints one figure per line. Counts are by syntax tree, so they do not depend on imports
that succeed:

- lines of a function: without decorators and docstring;
- comment lines and docstring lines per 100 lines of code (neither blank, comment nor docstring);
- a private function is used once if its name appears once besides its definition;
- import levels: the longest chain of imports in the package with most modules, by its direct
  children; imports in functions and for type checking count too;
- archaic words: archaic or unusual words per 10,000 words of comments and docstrings;
- duplicates: runs of DUPLICATE_LINES equal lines of code that appear a second time.
"""

import ast
import io
import re
import sys
import tokenize
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from statistics import median

Function = ast.FunctionDef | ast.AsyncFunctionDef

DEFAULT_FOLDERS = ("config", "verses", "churn")
EXCLUDED = {"tests", "migrations", ".venv"}
DUPLICATE_LINES = 6
ARCHAIC_WORDS = re.compile(
    r"\b(told|said|whom|beside|anew|upon|mend(ed|s)?|worded|spoil(t|s)?|heard|heed|likewise"
    r"|whereas|thereof|oftener|hence|shall|tell(s)? apart|at hand|in its wake)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Module:
    """A parsed file; `name` is its dotted name below the folder's parent."""

    name: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def functions(self) -> list[Function]:
        return [node for node in ast.walk(self.tree) if isinstance(node, Function)]

    @cached_property
    def comments(self) -> list[str]:
        """Comments that have a line of their own."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return [
            token.string
            for token in tokens
            if token.type == tokenize.COMMENT and token.line.lstrip().startswith("#")
        ]

    @cached_property
    def docstrings(self) -> list[ast.Expr]:
        owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        nodes = (node for node in ast.walk(self.tree) if isinstance(node, owners))
        return [node.body[0] for node in nodes if is_docstring(node.body[:1])]  # type: ignore[misc]

    @cached_property
    def code_lines(self) -> list[str]:
        """Lines of code without indentation."""
        skipped: set[int] = set()
        for docstring in self.docstrings:
            skipped.update(range(docstring.lineno, (docstring.end_lineno or 0) + 1))
        lines = ((number, line.strip()) for number, line in enumerate(self.text.splitlines(), 1))
        return [
            line
            for number, line in lines
            if line and not line.startswith("#") and number not in skipped
        ]


def is_docstring(body: list[ast.stmt]) -> bool:
    return (
        bool(body)
        and isinstance(body[0], ast.Expr)
        and isinstance(body[0].value, ast.Constant)
        and isinstance(body[0].value.value, str)
    )


def line_count(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def function_lines(function: Function) -> int:
    docstring = line_count(function.body[0]) if is_docstring(function.body[:1]) else 0
    return line_count(function) - docstring


def read_modules(folders: Iterable[Path]) -> list[Module]:
    modules = []
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            relative = path.relative_to(folder.parent)
            if not EXCLUDED & set(relative.parts):
                name = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
                modules.append(Module(name, path.read_text(encoding="utf-8")))
    return modules


def spread(values: Iterable[int]) -> str:
    """Format median, 90th percentile and maximum."""
    ordered = sorted(values)
    return f"{median(ordered):.0f} / {ordered[int(0.9 * (len(ordered) - 1))]} / {ordered[-1]}"


def is_annotated(function: Function) -> bool:
    every = function.args
    arguments = [*every.posonlyargs, *every.args, *every.kwonlyargs, every.vararg, every.kwarg]
    named = [one for one in arguments if one is not None and one.arg not in {"self", "cls"}]
    return function.returns is not None and all(one.annotation is not None for one in named)


def used_once(modules: list[Module]) -> float:
    """Return the share of functions that are private and used once in their module."""
    once = count = 0
    for module in modules:
        nodes = list(ast.walk(module.tree))
        uses = Counter(node.id for node in nodes if isinstance(node, ast.Name))
        uses += Counter(node.attr for node in nodes if isinstance(node, ast.Attribute))
        names = [function.name for function in module.functions]
        private = [name for name in names if name.startswith("_") and not name.startswith("__")]
        once += sum(uses[name] == 1 for name in private)
        count += len(names)
    return once / count


def imports_of(module: Module) -> Iterator[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def import_graph(modules: list[Module]) -> dict[str, set[str]]:
    """Return which modules import which; a name is resolved to the longest known module."""
    known = {module.name for module in modules}
    graph = {}
    for module in modules:
        targets = set(imports_of(module))
        # `from package import module` names the package too; only the module counts then.
        parents = {target.rpartition(".")[0] for target in targets if target in known}
        graph[module.name] = (targets & known) - parents - {module.name}
    return graph


def levels(graph: dict[str, set[str]]) -> int:
    """Return the length of the longest chain; 0 if there is a cycle."""
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError:
        return 0
    depth: dict[str, int] = {}
    for name in order:
        depth[name] = 1 + max((depth[target] for target in graph.get(name, ())), default=0)
    return max(depth.values(), default=0)


def cycles(graph: dict[str, set[str]]) -> int:
    """Count the cycles that must be cut until none is left."""
    graph, count = {name: set(targets) for name, targets in graph.items()}, 0
    while True:
        try:
            TopologicalSorter(graph).prepare()
        except CycleError as error:
            first, second = error.args[1][:2]
            # graphlib lists a cycle from dependency to dependent.
            graph[second].discard(first)
            count += 1
        else:
            return count


def largest_package(modules: list[Module]) -> str:
    """Return the package, below an application, with most modules."""
    sizes: Counter[str] = Counter()
    for module in modules:
        parts = module.name.split(".")
        sizes[".".join(parts[:2])] += len(parts) > 2  # noqa: PLR2004  deeper than package.child
    return sizes.most_common(1)[0][0]


def children_graph(graph: dict[str, set[str]], package: str) -> dict[str, set[str]]:
    """Return the imports between the direct children of a package."""
    children: dict[str, set[str]] = defaultdict(set)
    depth = package.count(".") + 2
    for name, targets in graph.items():
        if name.startswith(f"{package}."):
            child = ".".join(name.split(".")[:depth])
            inside = {target for target in targets if target.startswith(f"{package}.")}
            children[child] |= {".".join(target.split(".")[:depth]) for target in inside} - {child}
    return dict(children)


def duplicated_runs(modules: list[Module]) -> int:
    """Count runs of equal lines, imports excluded, that appear a second time."""
    seen: set[tuple[str, ...]] = set()
    count = 0
    for module in modules:
        lines = [one for one in module.code_lines if not one.startswith(("import ", "from "))]
        start = 0
        while start + DUPLICATE_LINES <= len(lines):
            run = tuple(lines[start : start + DUPLICATE_LINES])
            is_known = run in seen
            seen.add(run)
            count += is_known
            start += DUPLICATE_LINES if is_known else 1
    return count


def prose(modules: list[Module]) -> str:
    docstrings = (ast.unparse(node) for module in modules for node in module.docstrings)
    comments = (comment for module in modules for comment in module.comments)
    return "\n".join([*docstrings, *comments])


def main() -> None:
    modules = read_modules(Path(name).resolve() for name in sys.argv[1:] or DEFAULT_FOLDERS)
    functions = [function for module in modules for function in module.functions]
    code = sum(len(module.code_lines) for module in modules)
    comments = sum(len(module.comments) for module in modules)
    docstrings = sum(line_count(node) for module in modules for node in module.docstrings)
    words = prose(modules)
    graph, package = import_graph(modules), largest_package(modules)
    per_words = 10_000 * len(ARCHAIC_WORDS.findall(words)) / max(1, len(words.split()))
    annotated = 100 * sum(map(is_annotated, functions)) / len(functions)
    figures = {
        "files": len(modules),
        "functions": len(functions),
        "lines of code": code,
        "function lines, median / p90 / max": spread(map(function_lines, functions)),
        "file lines, median / p90 / max": spread(
            lines for module in modules if (lines := len(module.text.splitlines()))
        ),
        "comment lines per 100": f"{100 * comments / code:.1f}",
        "docstring lines per 100": f"{100 * docstrings / code:.1f}",
        "fully annotated, %": f"{annotated:.0f}",
        "private functions used once, %": f"{100 * used_once(modules):.0f}",
        f"import levels of {package}": levels(children_graph(graph, package)),
        "import cycles": cycles(graph),
        "archaic words per 10,000": f"{per_words:.1f}",
        f"duplicates of {DUPLICATE_LINES} lines": duplicated_runs(modules),
    }
    for name, figure in figures.items():
        print(f"{name:40} {figure}")


if __name__ == "__main__":
    main()
