"""`python -m statemachine.missing` lists everything that a step of a table lacks."""

import re
import shutil
from pathlib import Path

import pytest

from sagakit.saga import sagas
from statemachine.missing import missing
from statemachine.project import Project
from tests.support.template import ROOT

FOLDERS = ("events", "functions", "tests/unit")
RESERVED, RELEASED = "!GetAtt ReserveInventoryFunction.Arn", "!GetAtt ReleaseInventoryFunction.Arn"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder with everything that the check reads. Only the template is a copy."""
    (tmp_path / "tests").mkdir()
    for name in FOLDERS:
        (tmp_path / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "template.yaml", tmp_path)
    return tmp_path


def named(project: Path) -> list[str]:
    return missing(Project(project), sagas().values())


def test_nothing_is_missing() -> None:
    assert named(ROOT) == []


@pytest.mark.parametrize(
    ("removed", "line"),
    [
        (
            r"^  ReserveInventoryFunction:\n(?:    .*\n)+",
            "ReserveInventory: template.yaml has no ReserveInventoryFunction",
        ),
        (r"(?<=Handler: inventory\.app\.)release", "ReleaseInventory: its handler inventory.app. is not in functions/"),
        (r"(?<=ProcessPayment, )RefundPayment,", "RefundPayment: template.yaml has no RefundPaymentLogGroup"),
        (
            rf"^        ReserveInventoryFunction: {RESERVED}\n",
            "ReserveInventory: ReserveInventoryFunction is not among the DefinitionSubstitutions of OrderSaga",
        ),
        (rf"^ +- {RELEASED}\n", "ReleaseInventory: OrderSaga has no permission to invoke ReleaseInventoryFunction"),
        (
            r"^        GATEWAY_LEDGER_TABLE: .*\n",
            "payment: the Globals of template.yaml do not give GATEWAY_LEDGER_TABLE",
        ),
        (r"^        INVENTORY_TABLE: .*\n", "inventory: the Globals of template.yaml do not give INVENTORY_TABLE"),
        (
            r"^  GatewayLedgerTable:.*\n    Type:.*\n(?:    .*\n)+",
            "payment: template.yaml has no GatewayLedgerTable",
        ),
        (
            r"^  InventoryTable: \{ Description: .*\n",
            "inventory: InventoryTable is not among the outputs of template.yaml",
        ),
        (r"(?<=anything-but: \[)InsufficientStock, ", "ReserveInventory: the rule that calls recovery does not leave"),
        (
            r"(?<=PaymentDeclined), AmountDiffers",
            "ProcessPayment: the rule that calls recovery does not leave AmountDiffers out",
        ),
        (
            r"(?<=DefinitionUri: )statemachine/(?=order)",
            "order: template.yaml has no state machine with statemachine/order_saga",
        ),
        (
            r"(?<=DefinitionUri: )statemachine/(?=return)",
            "return: template.yaml has no state machine with statemachine/",
        ),
        (
            r"^        RestockInventoryFunction: .*\n",
            "RestockInventory: RestockInventoryFunction is not among the DefinitionSubstitutions of ReturnSaga",
        ),
        (
            r'(?<="), "ProcessPayment": "\$\{PaymentQueue\}"',
            "transaction: the Globals of template.yaml do not give QUEUES a queue for ProcessPayment",
        ),
        (r"(?<=\[OrderQueue, PaymentQueue), InventoryQueue", "transaction: template.yaml has no InventoryQueue"),
        (
            r"(?<=Queue: !GetAtt )PaymentQueue(?=.Arn, BatchSize)",
            "transaction: template.yaml has no function with the messages of PaymentQueue",
        ),
        (r"(?<=PaymentWorker, )InventoryWorker, ", "transaction: template.yaml has no InventoryWorkerLogGroup"),
        (r'"ReleaseInventory": "[\w.]+", ', "ReleaseInventory: no worker has a handler for it"),
        (r'(?<="ConfirmTransaction": "sagakit.app.)confirm', "ConfirmTransaction: its handler sagakit.app. is not in"),
    ],
)
def test_everything_that_the_template_lacks_is_listed(project: Path, removed: str, line: str) -> None:
    template = project / "template.yaml"
    without, count = re.subn(removed, "", template.read_text(), flags=re.MULTILINE)
    template.write_text(without)
    assert count == 1
    assert any(each.startswith(line) for each in named(project)), named(project)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("events/payment_worker.json", "transaction: there is no sample event events/payment_worker.json"),
        ("events/refund_payment.json", "RefundPayment: there is no sample event events/refund_payment.json"),
        ("tests/unit/inventory/test_reserve.py", "ReserveInventory: there is no tests/unit/inventory/test_reserve.py"),
        ("functions/payment/app.py", "ProcessPayment: its handler payment.app.process is not in functions/"),
    ],
)
def test_a_missing_file_is_listed(project: Path, path: str, line: str) -> None:
    folder = next(name for name in FOLDERS if path.startswith(name))
    (project / folder).unlink()
    shutil.copytree(ROOT / folder, project / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (project / path).unlink()
    assert line in named(project)
