"""The package of each function stays small, because a cold start fetches and unpacks it."""

import io
import zipfile
from pathlib import Path

from saga.engine.build import BUILT, build
from statemachine.template import read
from tests.support.template import resources

LARGEST = 5_000_000  # bytes
FUNCTION = "AWS::Serverless::Function"


def packages() -> dict[str, Path]:
    """Return the folder that was built for each function."""
    built = read(BUILT)["Resources"]
    functions = {name: each["Properties"] for name, each in built.items() if each["Type"] == FUNCTION}
    return {name: BUILT.parent / properties["CodeUri"] for name, properties in functions.items()}


def zip_size(folder: Path) -> int:
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.rglob("*"):
            archive.write(file, file.relative_to(folder))
    return package.getbuffer().nbytes


def test_every_function_has_a_package_of_at_most_5_mb() -> None:
    build()
    assert set(packages()) == set(resources(FUNCTION))
    sizes = {folder: zip_size(folder) for folder in set(packages().values())}
    assert all(0 < size <= LARGEST for size in sizes.values()), sizes
