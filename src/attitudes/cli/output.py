"""What every command does with its result: a readable table, JSON, CSV, and atomic files."""

from __future__ import annotations

import json
import math
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from attitudes.errors import AttitudesError

__all__ = ["plain", "print_table", "wants_quiet", "write_bytes", "write_json", "write_text"]


def plain(value: Any) -> Any:
    """Return ``value`` as JSON can hold it: NaN and infinities become null."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(v) for v in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, str | int | bool):
        return value
    return str(value)


def wants_quiet(json_file: str | None) -> bool:
    """Whether standard output belongs to JSON alone."""
    return json_file == "-"


def write_text(path: Path, text: str) -> None:
    """Write ``text`` beside ``path``, then rename: never a partly written file.

    Raises
    ------
    AttitudesError
        When the folder does not exist or cannot be written.
    """
    write_bytes(path, text.encode("utf-8"))


def write_bytes(path: Path, content: bytes) -> None:
    """Write ``content`` beside ``path``, then rename: never a partly written file.

    Raises
    ------
    AttitudesError
        When the folder does not exist or cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise AttitudesError(
            str(path), f"no writable folder ({error.strerror})", "a folder that exists"
        ) from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def write_json(target: str | None, payload: Any) -> None:
    """Write ``payload`` as JSON to a file, or to standard output for ``-``; nothing for None."""
    if target is None:
        return
    text = json.dumps(plain(payload), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    if target == "-":
        sys.stdout.write(text)
    else:
        write_text(Path(target), text)


def print_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    title: str | None = None,
    numeric: Sequence[str] = (),
) -> None:
    """Print a table to standard output, numbers to the right."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    wide = sys.stdout.isatty()
    console = Console(width=None if wide else 160, highlight=False)
    table = Table(title=title, title_justify="left", header_style="bold", box=None, pad_edge=False)
    for name in columns:
        table.add_column(name, justify="right" if name in numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    console.print(table)
