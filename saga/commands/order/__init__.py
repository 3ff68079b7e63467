"""The commands about orders."""

import typer

from saga.command.adding import add
from saga.commands.order import acting, finding, looking, watching

_ID = "28ace766-6b22-580f-8cb3-791fa2fce880"
_OTHER_ID = "a40d5772-f245-5993-946a-973ca29b09de"

app = typer.Typer(no_args_is_help=True, help="Orders: place them, watch them run, see what happened, and intervene.")

add(app, "order place --item laptop:1 --item monitor:2 --token pm_declined --wait")(acting.place)
add(app, f"order show {_ID}", f"order show {_ID} --json")(looking.show)
add(app, f"order watch {_ID}", f"order watch {_ID} --timeout 60 -o jsonl")(watching.watch)
add(
    app,
    "order list --status FAILED --since 2h",
    "order list --error PaymentDeclined --product PROD-002 --json",
    name="list",
)(finding.list_)
add(app, f'order cancel {_ID} --reason "ordered twice"', f'order cancel {_ID} --reason "ordered twice" --dry-run')(
    acting.cancel
)
add(app, f'order resume {_ID} --reason "the gateway works again"', f'order resume {_ID} --reason "…" --dry-run')(
    acting.resume
)
add(app, f"order events {_ID}", f"order events {_ID} -o jsonl")(looking.events)
add(app, f"order logs {_ID}")(looking.logs)
add(app, f"order export {_ID} --out order.json")(looking.export)
add(app, f"order diff {_ID} {_OTHER_ID}", "order diff before.json after.json --json")(looking.diff)
add(app, f"order open {_ID}", name="open")(looking.open_)
