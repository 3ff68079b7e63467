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
    """The guards that were issued, and the calls that they refused in each profile."""

    def __init__(self, coverage: Mapping[str, Coverage]) -> None:
        issued = {guard for each in coverage.values() for guard in each.guards}
        self.guards = sorted({guard_role(name) for name in issued - UNREACHABLE_GUARDS.keys()})
        self._refusals = {name: coverage[name].refusals for name in PROFILES}

    def best_profiles(self, guards: Collection[str]) -> Sequence[str]:
        """Return the profiles that use these guards most, the best one first.

        That is where these guards alone refuse the most calls: without them, those calls would succeed. Calls that
        other guards refuse as well count for less.
        """
        lost = set(guards)

        def uses(profile: str) -> tuple[int, int]:
            calls = self._refusals[profile].items()
            return sum(n for who, n in calls if who <= lost), sum(n for who, n in calls if who & lost)

        used = [profile for profile in PROFILES if any(uses(profile))]
        return sorted(used, key=uses, reverse=True)[:BEST] or [*PROFILES]


def survey_guards(seed: int, jobs: int) -> GuardSurvey:
    """Explore every profile by itself."""
    arguments = [(name, seed + number) for number, name in enumerate(PROFILES)]
    return GuardSurvey(dict(in_parallel(jobs, _survey, arguments)))


def _survey(name: str, seed: int) -> tuple[str, Coverage]:
    coverage = Coverage()
    explore(seed, SCHEDULES, [PROFILES[name]], coverage)
    return name, coverage
