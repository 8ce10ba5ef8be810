"""Tell which fields, forms and choices of a wire form there are, and which of them a sample has."""

from collections.abc import Iterator
from enum import Enum
from typing import Any

import msgspec
from msgspec import inspect


def parts_of(form: Any) -> set[str]:
    """Return every field and every choice that a form has, at any depth."""
    return {part for kind in _kinds(inspect.type_info(form), set()) for part in _own_parts(kind)}


def parts_in(form: Any, value: Any) -> set[str]:
    """Return the fields and choices that a decoded JSON value of a form has."""
    return set(_found(inspect.type_info(form), value))


def _own_parts(kind: inspect.Type) -> Iterator[str]:
    if isinstance(kind, inspect.StructType):
        yield from (f"{kind.cls.__name__}.{field.encode_name}" for field in kind.fields)
    if isinstance(kind, inspect.EnumType):
        yield from (f"{kind.cls.__name__}: {member.value}" for member in kind.cls)


def _kinds(kind: inspect.Type, seen: set[Any]) -> Iterator[inspect.Type]:
    if isinstance(kind, inspect.StructType | inspect.EnumType):
        if kind.cls in seen:
            return
        seen.add(kind.cls)
    yield kind
    for inner in _inner(kind):
        yield from _kinds(inner, seen)


def _inner(kind: inspect.Type) -> tuple[inspect.Type, ...]:
    match kind:
        case inspect.StructType():
            return tuple(field.type for field in kind.fields)
        case inspect.UnionType():
            return kind.types
        case inspect.VarTupleType() | inspect.ListType() | inspect.SetType() | inspect.FrozenSetType():
            return (kind.item_type,)
        case inspect.TupleType():
            return kind.item_types
        case inspect.DictType():
            return (kind.key_type, kind.value_type)
        case _:
            return ()


def _found(kind: inspect.Type, value: Any) -> Iterator[str]:
    if isinstance(kind, inspect.UnionType):
        for one in kind.types:
            yield from _found(one, value)
    elif isinstance(kind, inspect.StructType):
        yield from _fields_found(kind, value)
    elif isinstance(kind, inspect.EnumType):
        yield from (f"{kind.cls.__name__}: {value}" for member in kind.cls if member.value == value)
    else:
        yield from _found_within(kind, value)


def _found_within(kind: inspect.Type, value: Any) -> Iterator[str]:
    if isinstance(kind, inspect.DictType) and isinstance(value, dict):
        value = [*value, *value.values()]
    for inner in _inner(kind) if isinstance(value, list) else ():
        for one in value:
            yield from _found(inner, one)


def _fields_found(kind: inspect.StructType, value: Any) -> Iterator[str]:
    if kind.array_like and isinstance(value, list):
        value = dict(zip((field.encode_name for field in kind.fields), value, strict=False))
    is_other = kind.tag is not None and isinstance(value, dict) and value.get(kind.tag_field or "") != kind.tag
    if is_other or not isinstance(value, dict):
        return
    for field in kind.fields:
        if field.encode_name not in value and isinstance(field.default, Enum):
            yield f"{type(field.default).__name__}: {field.default.value}"
        if field.encode_name in value:
            yield f"{kind.cls.__name__}.{field.encode_name}"
            yield from _found(field.type, value[field.encode_name])


def below(struct: type[msgspec.Struct]) -> list[type[msgspec.Struct]]:
    """Return all structs that are made from one."""
    return [one for made in struct.__subclasses__() for one in (made, *below(made))]
