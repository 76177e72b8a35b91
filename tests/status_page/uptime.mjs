// The uptime of histories as the script of the page computes it: histories come in as JSON, sums go out.
import { readFileSync } from "node:fs";

const [script, histories] = process.argv.slice(2).map((name) => readFileSync(name, "utf8"));
const same = (one, other) => one.every((each, place) => each === other[place]);
const { heard, spellsOf, uptimeOf, begins } = new Function("same", `${script}; return { heard, spellsOf, uptimeOf, begins };`)(same);
const found = JSON.parse(histories).map(({ events, month, zone, weights }) => {
  const { said, unannounced } = heard(events), since = begins(month, zone, 0), until = begins(month, zone, 1);
  return { since, until, sum: uptimeOf(spellsOf(said.get("web")), since, until, weights), unannounced: [...unannounced] };
});
console.log(JSON.stringify(found));
