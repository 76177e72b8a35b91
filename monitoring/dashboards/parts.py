"""What the dashboards are put together from."""

from collections.abc import Sequence
from typing import Final

from grafana_foundation_sdk.builders import bargauge, prometheus, stat, statetimeline, timeseries
from grafana_foundation_sdk.builders.dashboard import (
    Dashboard,
    DashboardLink,
    DatasourceVariable,
    QueryVariable,
    Row,
    ThresholdsConfig,
)
from grafana_foundation_sdk.builders.dashboard import Panel as AnyPanel
from grafana_foundation_sdk.models.dashboard import (
    DashboardLinkType,
    DataSourceRef,
    Threshold,
    ThresholdsMode,
    VariableRefresh,
)

Query = tuple[str, str]
"""An expression of PromQL, and how its series are called."""
Panel = timeseries.Panel | stat.Panel | bargauge.Panel | statetimeline.Panel | AnyPanel
Section = tuple[str, Sequence[Panel]]

SOURCE: Final = DataSourceRef(type_val="prometheus", uid="${datasource}")
TAG: Final = "glasno"
HEIGHT: Final = 8
HALF: Final = 12
QUARTER: Final = 6


def dashboard(uid: str, title: str, description: str, sections: Sequence[Section]) -> Dashboard:
    """One that nobody edits in Grafana: it would be overwritten by the next version."""
    made = Dashboard(title).uid(uid).description(description).tags([TAG]).readonly().refresh("30s")
    made.time("now-24h", "now").timezone("browser")
    made.with_variable(DatasourceVariable("datasource").label("Data source").type("prometheus"))
    jobs = QueryVariable("job").label("Job").datasource(SOURCE).query("label_values(glasno_build_info, job)")
    made.with_variable(jobs.refresh(VariableRefresh.ON_TIME_RANGE_CHANGED))
    links = DashboardLink("Glasno").type(DashboardLinkType.DASHBOARDS).tags([TAG]).as_dropdown(as_dropdown=True)
    made.link(links.include_vars(include_vars=True).keep_time(keep_time=True))
    for name, panels in sections:
        made.with_row(Row(name))
        for panel in panels:
            made.with_panel(panel)
    return made


def lines(title: str, description: str, unit: str, *queries: Query) -> timeseries.Panel:
    """Values over time."""
    made = timeseries.Panel().title(title).description(description).datasource(SOURCE).unit(unit).min(0)
    made.height(HEIGHT).span(HALF).fill_opacity(10)
    for letter, (expression, legend) in zip("ABCDEF", queries, strict=False):
        made.with_target(_target(expression, legend).range().ref_id(letter))
    return made


def number(title: str, description: str, unit: str, expression: str, *, bad: float | None = None) -> stat.Panel:
    """One number of now, red from `bad` on."""
    made = stat.Panel().title(title).description(description).datasource(SOURCE).unit(unit)
    made.height(HEIGHT // 2).span(QUARTER).thresholds(_from(bad))
    return made.with_target(_target(expression, "").instant().ref_id("A"))


def bars(title: str, description: str, unit: str, query: Query, *, bad: float) -> bargauge.Panel:
    """Values of now beside each other, red from `bad` on."""
    made = bargauge.Panel().title(title).description(description).datasource(SOURCE).unit(unit).min(0)
    made.height(HEIGHT).span(HALF).thresholds(_from(bad))
    return made.with_target(_target(*query).instant().ref_id("A"))


def states(title: str, description: str, query: Query, *, bad: float) -> statetimeline.Panel:
    """States over time, red from `bad` on."""
    made = statetimeline.Panel().title(title).description(description).datasource(SOURCE).unit("short")
    made.height(HEIGHT).span(HALF).thresholds(_from(bad))
    return made.with_target(_target(*query).range().ref_id("A"))


def _target(expression: str, legend: str) -> prometheus.Dataquery:
    return prometheus.Dataquery().expr(expression).legend_format(legend).datasource(SOURCE)


def _from(bad: float | None) -> ThresholdsConfig:
    steps = [Threshold(color="green"), *([] if bad is None else [Threshold(color="red", value=bad)])]
    return ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps)
