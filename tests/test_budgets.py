"""The budgets of CONTRIBUTING.md, counted."""

import ast
import io
import statistics
import tokenize
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
PATHS = [ROOT / "app.py", *sorted((ROOT / "chalicelib").rglob("*.py")), *sorted((ROOT / "tflocks").rglob("*.py"))]
Function = ast.FunctionDef | ast.AsyncFunctionDef
NOT_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


def name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def classes(path: Path) -> Iterator[ast.ClassDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.ClassDef))


def parameters(function: Function) -> list[str]:
    asked = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return [one.arg for one in asked if one.arg not in {"self", "cls"}]


def methods(one: ast.ClassDef) -> list[Function]:
    return [node for node in one.body if isinstance(node, Function)]


@cache
def code(path: Path) -> Counter[int]:
    """The lines on which there is code, each once."""
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text()).readline)
    return Counter(
        {line: 1 for one in tokens if one.type not in NOT_CODE for line in range(one.start[0], one.end[0] + 1)}
    )


def code_lines(function: Function, path: Path) -> int:
    """Its head counts, its decorators and its docstring do not."""
    first, body = function.lineno, function.body
    told = range(body[0].lineno, (body[0].end_lineno or 0) + 1) if ast.get_docstring(function) else range(0)
    return sum(code(path)[line] for line in range(first, (function.end_lineno or 0) + 1) if line not in told)


def imports(path: Path, modules: set[str]) -> set[str]:
    """The modules that it imports, those for the type checker alone too."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found & modules


def circles() -> list[str]:
    """What is left of the modules when all that import nothing that is left are taken away, again and again."""
    modules = {name(path) for path in PATHS}
    left = {name(path): imports(path, modules) for path in PATHS}
    while free := [module for module, others in left.items() if not others & left.keys()]:
        for module in free:
            del left[module]
    return sorted(left)


def test_a_function_has_no_more_than_five_parameters() -> None:
    many = {f"{name(path)}.{one.name}" for path in PATHS for one in functions(path) if len(parameters(one)) > 5}
    assert many == set()


def test_a_class_has_no_more_than_twelve_methods() -> None:
    many = {f"{name(path)}.{one.name}" for path in PATHS for one in classes(path) if len(methods(one)) > 12}
    assert many == set()


def test_a_module_has_no_more_than_250_lines() -> None:
    long = {name(path) for path in PATHS if len(path.read_text().splitlines()) > 250}
    assert long == set()


def test_a_folder_has_no_more_than_twelve_modules_side_by_side() -> None:
    beside = Counter(path.parent for path in PATHS if path.name != "__init__.py")
    assert {folder for folder, modules in beside.items() if modules > 12} == set()


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert circles() == []


def test_functions_are_short() -> None:
    lengths = sorted(code_lines(function, path) for path in PATHS for function in functions(path))
    assert statistics.median(lengths) <= 8
    assert lengths[len(lengths) * 95 // 100] <= 25
