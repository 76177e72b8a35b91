// The check that a visitor asks for, step by step; `verify_log.js` and `verify_uptime.js` stand before it in one module.
// How the page of a month tells figures.
const percent = (thousandths) => {
  const digits = String(thousandths).padStart(4, "0");
  return thousandths == null ? says.none : `${digits.slice(0, -3)}${language === "en" ? "." : ","}${digits.slice(-3)}\u00a0%`;
};
const duration = (length, units) => {
  const parts = units.map(([name, unit], place) => [Math.floor((place ? length % units[place - 1][1] : length) / unit), name]);
  return parts.filter(([count]) => count).map((part) => part.join("\u00a0")).join(" ");
};
const seconds = says.units.at(-1)[0], hours = says.units.slice(1);
const elapsed = (length) => duration(length, says.units) || `0\u00a0${seconds}`;
const taken = (length) => {
  const unit = length < 36e5 ? 1e3 : 6e4;
  return duration(Math.ceil(length / unit) * unit, hours) || `0\u00a0${seconds}`;
};
const share = (part, whole) => (whole ? Number((100000n * BigInt(part)) / BigInt(whole)) : null);
const uptimeShare = ({ accountable, weighed }) => share(BigInt(accountable) * 1000n - BigInt(weighed), BigInt(accountable) * 1000n);
const cellsOfTickets = (row) => [
  row.promised ? duration(row.promised, hours) : "–",
  percent(share(row.decided - row.breached, row.decided)),
  ...[row.decided, row.breached, row.excluded, row.refused].map(number),
  row.clock === "resolution" ? number(row.reopened) : "–",
  ...[row.p50, row.p90].map((each) => (row.timed ? taken(each) : "–")),
];
const cellsOfUptime = (sum) => [
  percent(uptimeShare(sum)),
  percent(share(sum.accountable, sum.accountable + sum.unknown)),
  ...[Math.floor(sum.weighed / 1000), sum.accountable, sum.excused, sum.unknown].map(elapsed),
];

// The steps: each says what it found, or throws what is wrong.
const remembered = () => {
  try { return localStorage.getItem(SEEN)?.match(CHECKPOINT)?.input; } catch { return null; }
};
const remember = (note) => {
  try { localStorage.setItem(SEEN, note); } catch { /* the browser keeps nothing: each time is the first one */ }
};
const signed = async (run) => {
  const key = await keyOf($("vkey").value);
  if (says.former.some(({ origin }) => origin === key.name)) wrong("former_key", key);
  const { origin, size, written } = (run.checkpoint = await opened(text(await got("checkpoint")), key));
  run.tree = treeOf(size);
  return told("signed", { name: origin, size: number(size), root: written });
};
const whole = async ({ checkpoint, tree }) => (same(await tree.root(), checkpoint.root) ? told("tree") : wrong("bad_tree"));
const goesOn = async (run) => {
  const { checkpoint, tree } = run, note = remembered(), before = note && checkpointIn(note);
  const former = before && says.former.find(({ origin }) => origin === before.origin);
  const contradicted = (words) => {
    [$("before").textContent, $("after").textContent, $("contradiction").hidden] = [note, checkpoint.note, false];
    const lost = number(before.size - (former?.kept ?? before.size));
    wrong(words, { name: before.origin, old: number(before.size), new: number(checkpoint.size), lost });
  };
  if (note) {
    if (before.origin !== checkpoint.origin && !former) contradicted("other_log");
    if (before.size > former?.kept) contradicted("lost");
    if (before.size > checkpoint.size) contradicted("rolled_back");
    const [old, now] = before.size < checkpoint.size ? await tree.both(before.size) : [checkpoint.root, checkpoint.root];
    if (!same(now, checkpoint.root)) wrong("bad_tree");
    if (!same(old, before.root)) contradicted("rewritten");
  }
  if (!run.isWrong) remember(checkpoint.note);
  if (!note) unchecked("first");
  return told(former ? "goes_on_as" : "goes_on", { name: before.origin, size: number(before.size) });
};
const included = async (run) => {
  const { checkpoint, tree } = run, chosen = $("month")?.selectedOptions[0];
  await entriesIn(0, checkpoint.size).catch((fault) => {
    run.isWithheld = fault.status === 403 || (fault.status === 404 && "copy" in document.body.dataset);
    return run.isWithheld ? unchecked("withheld") : Promise.reject(fault);
  });
  if (!chosen) unchecked("no_month");
  run.month = chosen.value;
  run.indexes = chosen.dataset.indexes.split(" ").map(Number);
  const claims = [];
  for (const index of run.indexes) {
    const facts = { index: number(index), month: chosen.textContent };
    if (index >= checkpoint.size) unchecked("unsigned", facts);
    const entry = (await entriesIn(Math.floor(index / WIDTH), checkpoint.size))[index % WIDTH];
    if (!same(await tree.from(index, await leafHash(entry)), checkpoint.root)) wrong("not_included", facts);
    const claim = JSON.parse(text(entry));
    if (claim.ty !== (claims.length ? "month.corrected" : "month.fixed") || claim.month !== run.month) wrong("not_a_claim", facts);
    claims.push(claim);
  }
  const rows = (kind) => [...claims[0][kind], ...claims.slice(1).flatMap((each) => each[kind].map(({ now }) => now))];
  const tickets = new Map(rows("sla").map((row) => [`${row.level} ${row.clock} ${row.kind} ${row.priority}`, row]));
  const uptime = new Map(rows("uptime").map((row) => [row.component, row.uptime]));
  run.published = { tickets, uptime, rule: claims[0], entries: claims.at(-1).entries };
  return told("included", { index: run.indexes.map(number).join(", "), month: chosen.textContent });
};
const shown = async (run) => {
  if (!run.published) return null;
  const answer = await answered(`${months}${run.month}${"copy" in document.body.dataset ? "/" : ""}`, `/sla/${run.month}`);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const { tickets, uptime } = run.published, counted = [...tickets].filter(([, row]) => row.decided || row.excluded || row.refused);
  const expected = new Map([
    ...counted.map(([key, row]) => [`row ${key}`, cellsOfTickets(row)]),
    ...[...uptime].map(([key, sum]) => [`component ${key}`, cellsOfUptime(sum)]),
  ]);
  const rows = [...page.querySelectorAll("[data-row], [data-component]")];
  const there = new Map(rows.map((row) => [Object.entries(row.dataset)[0].join(" "), [...row.cells].map((cell) => cell.textContent.trim())]));
  run.names = new Map(rows.map((row) => [row.dataset.component, row.cells[0].firstChild.textContent.trim()]));
  const differs = (key) => !expected.has(key) || !there.has(key) || expected.get(key).some((cell, place) => cell !== there.get(key)[place + 1]);
  const different = [...new Set([...expected.keys(), ...there.keys()])].filter(differs), month = $("month").selectedOptions[0].textContent;
  if (different.length) wrong("shown_otherwise", { month, rows: different.map((key) => key.replace(/^\w+ /, "")).join("; ") });
  return told("shown", { month, count: number(expected.size) });
};
const all = async (run) => {
  const { checkpoint: { size, root }, tree } = run, progress = document.querySelector("progress"), count = Math.ceil(size / WIDTH);
  if (run.isWithheld) return null;
  if (size > MOST) unchecked("too_many", { size: number(size) });
  const bundles = [], hashes = [];
  let next = 0;
  [progress.max, progress.value, progress.hidden] = [count, 0, false];
  const fetching = async () => {
    for (let place = next++; place < count; place = next++) {
      bundles[place] = await entriesIn(place, size);
      hashes[place] = await Promise.all(bundles[place].map(leafHash));
      progress.value += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, fetching)).finally(() => { progress.hidden = true; });
  if (!same(await rootOf(hashes.flat()), root)) {
    for (const [place, leaves] of hashes.entries()) {
      const known = await tree.hashes(0, place), altered = leaves.findIndex((leaf, index) => !same(leaf, known[index]));
      if (altered >= 0) wrong("altered", { index: number(place * WIDTH + altered), name: bundleOf(place) });
    }
    wrong("bad_tree");
  }
  run.entries = bundles.flat();
  return told("all", { size: number(size) });
};
const recomputed = (run) => {
  if (!run.published || !run.entries) return null;
  const { uptime, rule, entries } = run.published, month = $("month").selectedOptions[0].textContent;
  const events = run.entries.map((entry) => JSON.parse(text(entry)));
  const isOfMonth = ({ ty, month: of }) => (ty === "month.fixed" || ty === "month.corrected") && of === run.month;
  if (String(events.flatMap((event, index) => (isOfMonth(event) ? [index] : []))) !== String(run.indexes)) wrong("hidden", { month });
  const { said, shownUntil, unannounced } = heard(events.slice(0, entries));
  const since = begins(run.month, rule.zone, 0), until = begins(run.month, rule.zone, 1), results = [];
  const shown = [...shownUntil].flatMap(([key, end]) => (end > since ? [key] : []));
  for (const key of [...new Set([...shown, ...uptime.keys()])].sort()) {
    const spells = said.has(key) ? spellsOf(said.get(key)).filter((each) => each.start < until && each.end > since) : [];
    if (!spells.length && !uptime.has(key)) continue;
    const computed = uptimeOf(spells, since, until, rule.weights), published = uptime.get(key);
    const isSame = !!published && Object.keys(computed).every((part) => computed[part] === published[part]);
    results.push({ name: run.names?.get(key) ?? key, published, computed, isSame });
  }
  draw(results, month);
  const different = results.filter((each) => !each.isSame);
  if (different.length) wrong("different", { month, rows: different.map((each) => each.name).join(", ") });
  if (unannounced.size) wrong("excused", { rows: [...unannounced].join(", ") });
  return told("same", { month, count: number(results.length) });
};
const tool = () => unchecked("sla");

// What the visitor sees and hears.
const made = (name, parent, words, facts = {}) => parent.appendChild(Object.assign(document.createElement(name), { textContent: words }, facts));
const tell = (kind, words) => {
  const line = document.createElement("p");
  line.className = kind;
  made("strong", line, says[kind]);
  line.append(` ${words}`);
  found.append(line);
};
const draw = (results, month) => {
  const table = made("table", $("table"), "", { className: "plain" }), heads = ["component", "published", "computed", "result"];
  made("caption", table, told("caption", { month }));
  const top = made("tr", made("thead", table, ""), ""), body = made("tbody", table, "");
  heads.forEach((each) => made("th", top, says[each], { scope: "col" }));
  for (const { name, published, computed, isSame } of results) {
    const row = made("tr", body, "", { className: isSame ? "good" : "bad" });
    made("th", row, name, { scope: "row" });
    const shares = [published ? percent(uptimeShare(published)) : says.none, percent(uptimeShare(computed))];
    const cells = [...shares, says[isSame ? "is_same" : "is_different"]];
    cells.forEach((cell, place) => made("td", row, cell).setAttribute("data-label", says[heads[place + 1]]));
    if (!isSame) made("small", row.lastChild, ` ${JSON.stringify(published ?? null)} ${JSON.stringify(computed)}`);
  }
};
const check = async () => {
  const run = { isWrong: false, isBroken: false };
  [found.textContent, $("table").textContent, $("contradiction").hidden] = ["", "", true];
  if (!globalThis.crypto?.subtle) return tell("open", told("no_crypto"));
  for (const step of [signed, whole, goesOn, included, shown, all, recomputed, tool]) {
    try {
      const words = await step(run);
      if (words) tell("good", words);
    } catch (fault) {
      if (fault instanceof Unchecked) tell("open", fault.message);
      else if (fault instanceof Wrong) tell("bad", fault.message);
      else tell("open", told("broken", { why: fault.message }));
      run.isWrong ||= fault instanceof Wrong;
      run.isBroken ||= !(fault instanceof Wrong || fault instanceof Unchecked);
    }
    if (!run.checkpoint || run.isBroken) break;
  }
  if (run.isWrong) made("p", found, says.some_bad, { className: "verdict bad" });
  else if (run.checkpoint && !run.isBroken) made("p", found, says.all_good, { className: "verdict good" });
};
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  await check();
  button.disabled = false;
});
$("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(`${$("before").textContent}\n${$("after").textContent}`);
  made("p", found, says.copied);
});
$("forget").addEventListener("click", () => {
  localStorage.removeItem(SEEN);
  $("contradiction").hidden = true;
  made("p", found, says.forgotten);
});
form.hidden = false;
