// Uptime from the entries of the log, by the formula uptime/1, as the page of promises tells it.

// First what was said of each component, entry by entry.
const left = (window, plan) => [window[0], Math.min(window[1], plan.end)];
const promised = (plans, notice) => plans.reduce((window, plan) => {
  if (plan.at + notice <= plan.start) return [plan.start, plan.end];
  return window && plan.start === window[0] ? left(window, plan) : null;
}, null);
const cut = (start, end, window) => {
  const [from, to] = (window ?? [start, start]).map((edge) => Math.min(Math.max(start, edge), end)), edges = [start, from, to, end];
  const parts = [0, 1, 2].map((part) => ({ start: edges[part], end: edges[part + 1], status: "under_maintenance", excused: part === 1 }));
  return parts.filter((part) => part.start < part.end);
};
const heard = (events) => {
  const said = new Map(), shownUntil = new Map(), unannounced = new Set();
  let notice = 864e5;
  const of = (key) => {
    if (!said.has(key)) said.set(key, { own: [], ended: [], claims: new Map(), plans: new Map(), works: new Map() });
    return said.get(key);
  };
  const follow = {
    __proto__: null,
    "uptime_rule.set": (event) => { notice = event.notice; },
    "component.defined": (event) => shownUntil.set(event.key, Infinity),
    "component.withdrawn": (event) => shownUntil.set(event.key, event.rec),
    "component.status_set": (event, place) => {
      const { own, ended, claims } = of(event.component), before = claims.get(event.incident);
      if (event.incident == null) return own.push({ ...event, place });
      if (before && before.start < event.at) ended.push({ ...before, end: event.at });
      claims.delete(event.incident);
      if (event.status != null && event.status !== "operational") claims.set(event.incident, { start: event.at, end: Infinity, status: event.status });
    },
    "component.works_planned": (event) => {
      const { plans, works } = of(event.component), begun = works.get(event.works);
      const at = event.src === "live" ? Math.max(event.at, event.rec - 6e4) : event.at;  // dated back by a minute at the most
      plans.set(event.works, [...(plans.get(event.works) ?? []), { ...event, at }]);
      if (begun?.window) begun.window = left(begun.window, event);
    },
    "component.works_begun": (event) => {
      const { plans, works } = of(event.component), excused = promised(plans.get(event.works) ?? [], notice);
      const window = event.excused_from == null || event.excused_until == null ? null : [event.excused_from, event.excused_until];
      if (window && event.src !== "import" && !(excused && same(window, excused))) unannounced.add(event.component);
      works.set(event.works, { since: event.at, window });
    },
    "component.works_ended": (event) => {
      const { plans, works, ended } = of(event.component), begun = works.get(event.works);
      if (begun) ended.push(...cut(begun.since, Math.max(begun.since, event.at), begun.window));
      plans.delete(event.works);
      works.delete(event.works);
    },
  };
  events.forEach((event, place) => follow[event.ty]?.(event, place));
  return { said, shownUntil, unannounced };
};
const spellsOf = ({ own, ended, claims, works }) => {
  const ordered = own.toSorted((one, other) => one.at - other.at || one.place - other.place);
  const told = ordered.map(({ at, status }, place) => ({ start: at, end: ordered[place + 1]?.at ?? Infinity, status }));
  const going = [...works.values()].flatMap(({ since, window }) => cut(since, Infinity, window));
  const known = told.filter((each) => each.status != null && each.start < each.end);  // without a status nothing is known
  return [...known, ...ended, ...claims.values(), ...going];
};

// Then each millisecond, weighed by the worst that was said of it.
const uptimeOf = (spells, since, until, weights) => {
  const inner = spells.flatMap((each) => [each.start, each.end]).filter((edge) => since < edge && edge < until);
  const edges = [...new Set([since, until, ...inner])].sort((one, other) => one - other);
  const sum = { accountable: 0, weighed: 0, excused: 0, unknown: 0 };
  edges.slice(1).forEach((end, place) => {
    const start = edges[place], now = spells.filter((each) => each.start <= start && each.end >= end);
    if (now.some((each) => each.excused)) sum.excused += end - start;
    else if (!now.length) sum.unknown += end - start;
    else {
      sum.accountable += end - start;
      sum.weighed += (end - start) * Math.max(...now.map((each) => weights[each.status]));
    }
  });
  return sum;
};
// The first instant of the month that is so many months later, in a zone.
const begins = (month, zone, later) => {
  const [year, number] = month.split("-"), wall = Date.UTC(year, number - 1 + later, 1);
  const parts = new Intl.DateTimeFormat("sv-SE", { timeZone: zone, dateStyle: "short", timeStyle: "medium" });
  const offset = (at) => Date.parse(`${parts.format(at).replace(" ", "T")}Z`) - at;
  const before = wall - offset(wall - 864e5), after = wall - offset(before);
  return offset(before) === wall - before || offset(after) !== wall - after ? before : after;
};
