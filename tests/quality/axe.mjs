// axe-core: WCAG 2.2 AA and best practice, wide and light, narrow and dark.
import axe from "axe-core";
import { judge } from "./browser.mjs";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];
const LOOKS = [{ width: 1440, scheme: "light" }, { width: 320, scheme: "dark" }];

await judge(async (page, address) => {
  const findings = [];
  await page.goto(address, { waitUntil: "load" });
  await page.evaluate(axe.source);
  for (const { width, scheme } of LOOKS) {
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
    const { violations, passes } = await page.evaluate((values) => window.axe.run({ runOnly: { type: "tag", values } }), TAGS);
    if (!passes.length) findings.push("nothing was looked at");
    for (const { id, nodes } of violations) findings.push(...nodes.map((node) => `${id} ${scheme}: ${node.html}`));
  }
  return findings;
});
