"""Content-addressed artefacts: the same content has the same file name, so a deployment sees what changed."""

import hashlib
import zipfile
from pathlib import Path
from shlex import quote

from saga.engine.warm import attach

# The engine's own Python worker hides the names of errors. A custom runtime answers as Lambda does, and starts faster.
_BOOTSTRAP = f"#!/bin/sh\nexec python3 -I -S {quote(attach.__file__)}\n"


def function_package(folder: Path, into: Path) -> Path:
    """Zip the folder of a built function, with a bootstrap that gets it a worker."""
    files = {**_contents(folder), "bootstrap": _BOOTSTRAP.encode()}
    package = into / f"{_digest(files)}.zip"
    if not package.exists():
        _zip(files, package)
    return package


def copy(file: Path, into: Path) -> Path:
    """Copy a file that a template refers to."""
    content = file.read_bytes()
    copied = into / f"{_digest({file.name: content})}-{file.name}"
    copied.write_bytes(content)
    return copied


def digest_of(*paths: Path) -> str:
    """Return one digest of the names and contents of files and folders."""
    return _digest({f"{path} {name}": content for path in paths for name, content in _contents(path).items()})


def _contents(path: Path) -> dict[str, bytes]:
    files = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    return {file.relative_to(path).as_posix(): file.read_bytes() for file in files if file.suffix != ".pyc"}


def _digest(files: dict[str, bytes]) -> str:
    digest = hashlib.sha256()
    for name, content in files.items():
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:20]


def _zip(files: dict[str, bytes], package: Path) -> None:
    unfinished = package.with_suffix(".part")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o755 << 16
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    unfinished.rename(package)
