"""What a stack costs in a month in which nobody orders anything."""

from scripts.cost.bill import lambda_cost, lambda_lines, sampled, units
from scripts.cost.counts import SCHEDULED, Count
from scripts.cost.deployed import Template, events, functions, of_type, runs_a_minute
from scripts.cost.invocations import milliseconds
from scripts.cost.prices import assumed, price


def fixed(template: Template, counts: dict[str, Count]) -> dict[str, float]:
    """Return the dollars a month by what they are for; the metrics are those of orders and of the schedules."""
    month, deployed, round_ = assumed("month"), functions(template), counts[SCHEDULED]
    rates = runs_a_minute(template)
    rounds = {name: month["minutes"] * rate / round_.invocations[name] for name, rate in rates.items()}
    runs = {name: month["minutes"] * rate for name, rate in rates.items()}
    read = sum(rounds[name] * units({name: by_table}) for name, by_table in round_.reads.items())
    logged = sum(rounds[name] * size for name, size in round_.logged.items())
    lines = sum(times * lambda_lines(deployed[name]) for name, times in runs.items())
    metrics = {metric for count in counts.values() for metric in count.metrics}
    return {
        "scheduled functions: Lambda": sum(
            lambda_cost(deployed[name], times, rounds[name] * milliseconds(name, round_, round_.invocations[name]))
            for name, times in runs.items()
        ),
        "scheduled functions: reads": price("read", read),
        "scheduled functions: logs": price("logged", logged + lines),
        "scheduled functions: traces": sum(
            price("trace", times * sampled(rates[name] / 60)) for name, times in runs.items() if deployed[name].traced
        ),
        f"{len(metrics)} metrics of our own": price("metric", len(metrics)),
        **_of_the_api(template),
        **_alarms(template),
        **_idle_queues(template),
    }


def _of_the_api(template: Template) -> dict[str, float]:
    methods, (settings,) = (
        len(list(events(template, "Api"))),
        template["Resources"]["OrderApi"]["Properties"]["MethodSettings"],
    )
    metrics = methods * assumed("month")["metrics_of_a_method"] if settings["MetricsEnabled"] else 0
    return {f"{metrics} detailed metrics of the API's {methods} methods": price("metric", metrics)}


def _alarms(template: Template) -> dict[str, float]:
    alarms, dashboards = (len(list(of_type(template, f"AWS::CloudWatch::{kind}"))) for kind in ("Alarm", "Dashboard"))
    return {f"{alarms} alarms": price("alarm", alarms), f"{dashboards} dashboard": price("dashboard", dashboards)}


def _idle_queues(template: Template) -> dict[str, float]:
    queues, month = len(list(events(template, "SQS"))), assumed("month")
    polls = queues * month["minutes"] * month["polls_of_an_idle_queue"]
    return {f"Lambda's polling of {queues} idle queues of transactions": price("fifo", polls)}
