"""The command `saga`. Results go to stdout, progress and errors to stderr."""

import typer

from saga.command.adding import add
from saga.commands import breaker, check, console, dlq, doctor, graph, load, local, new, order, outbox, parked, status

EXIT_CODES = (
    "Exit codes: 0 done, or the order is CONFIRMED; 1 failed, the order is FAILED, or the check found something; "
    "2 cannot be done as asked; 3 the engine or AWS does not answer, or has no such stack; 4 no such order; "
    "5 the order is parked; 6 timed out."
)

app = typer.Typer(
    no_args_is_help=True,
    help="Order Saga: run it on a laptop, see what happens to its orders, and put right what went wrong.",
    epilog=EXIT_CODES,
    pretty_exceptions_enable=False,
)

add(app, "up", "up --port 4567")(local.up)
add(app, "down")(local.down)
add(app, "url")(local.url)
add(app, "logs")(local.logs)
add(app, "invoke reserve_inventory")(local.invoke)
add(app, "asl", "asl --config-env prod")(local.asl)
add(app, "check", "check --json")(check.check)
add(app, "console", "console --port 8711 --no-open", "console --file order.json")(console.console)
add(app, "status", "status --json")(status.status)
add(app, "doctor", "doctor --json")(doctor.doctor)
add(app, "load --orders 10 --rate 5 --svg load.svg", "load --compare before.json after.json")(load.load)
add(app, "graph", "graph --out saga.png", "graph 28ace766-6b22-580f-8cb3-791fa2fce880 --out order.svg")(graph.graph)
app.add_typer(order.app, name="order")
app.add_typer(parked.app, name="parked")
app.add_typer(outbox.app, name="outbox")
app.add_typer(dlq.app, name="dlq")
app.add_typer(breaker.app, name="breaker")
app.add_typer(new.app, name="new")
