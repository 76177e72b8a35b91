// Lighthouse, mobile: every category below 100, with the audits that cost it. Other load of the machine can only make a
// page slower, so that of a few runs the best one counts.
import lighthouse from "lighthouse";
import { judge } from "./browser.mjs";

const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
const RUNS = 5;

const lost = ({ categories, audits }) => Object.values(categories).filter(({ score }) => score !== 1).map((category) => {
  const costly = category.auditRefs.filter(({ id, weight }) => weight && audits[id].score !== 1);
  const told = costly.map(({ id }) => `${id} ${audits[id].displayValue ?? audits[id].errorMessage ?? ""}`.trim());
  return `${category.title} ${Math.round(category.score * 100)}: ${told.join(", ")}`;
});

async function run(address, browser) {
  const page = await browser.newPage();
  const { lhr } = await lighthouse(address, { logLevel: "silent", onlyCategories: CATEGORIES }, undefined, page);
  await page.close();
  return lhr.runtimeError ? [lhr.runtimeError.message] : lost(lhr);
}

await judge(async (_, address, browser) => {
  let findings = await run(address, browser);
  for (let more = RUNS - 1; more && findings.length; more--) findings = await run(address, browser);
  return findings;
});
