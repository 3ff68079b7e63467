"""Which guards refuse in which profiles: a first exploration of every profile by itself."""

from collections.abc import Collection, Mapping, Sequence

from verification.simulator.coverage_counts import Coverage
from verification.simulator.exploration import explore
from verification.simulator.names.operation_names import guard_role
from verification.simulator.profiles.all_profiles import PROFILES
from verification.simulator.report.required_coverage import UNREACHABLE_GUARDS
from verification.simulator.worker_pool import in_parallel

SCHEDULES = 100  # for each profile
BEST = 8  # profiles in which a mutant is hunted


class GuardSurvey:
    """The guards by their roles, and how much each profile uses them."""

    def __init__(self, coverage: Mapping[str, Coverage]) -> None:
        self._coverage = coverage
        issued = {guard for each in coverage.values() for guard in each.guards}
        self.guards = sorted({guard_role(name) for name in issued - UNREACHABLE_GUARDS.keys()})

    def best_profiles(self, guards: Collection[str]) -> Sequence[str]:
        """Return the profiles that use these guards most, the best one first.

        That is where these guards alone refuse the most calls: without them, those calls would succeed. Calls that
        other guards refuse as well count for less, and calls that are not refused for least.
        """
        removed = set(guards)

        def uses(profile: str) -> tuple[int, int, int]:
            coverage = self._coverage[profile]
            alone = sum(calls for refusing, calls in coverage.refusals.items() if refusing <= removed)
            at_all = sum(calls for refusing, calls in coverage.refusals.items() if refusing & removed)
            return alone, at_all, sum(calls for name, calls in coverage.guards.items() if guard_role(name) in removed)

        return sorted(PROFILES, key=uses, reverse=True)[:BEST]


def survey_guards(seed: int, jobs: int) -> GuardSurvey:
    """Explore every profile by itself."""
    arguments = [(name, seed + number) for number, name in enumerate(PROFILES)]
    return GuardSurvey(dict(in_parallel(jobs, _survey, arguments)))


def _survey(name: str, seed: int) -> tuple[str, Coverage]:
    coverage = Coverage()
    explore(seed, SCHEDULES, [PROFILES[name]], coverage)
    return name, coverage
