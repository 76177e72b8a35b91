// pa11y: WCAG 2 AA by HTML CodeSniffer, warnings left out.
import pa11y from "pa11y";
import { judge } from "./browser.mjs";

await judge(async (page, address, browser) => {
  const { issues } = await pa11y(address, { browser, page, standard: "WCAG2AA" });
  return issues.map((issue) => `${issue.code}: ${issue.context}`);
});
