// The rules of Mozilla's HTTP Observatory for a host on ports of its own: its grade, and the tests that were failed.
import { existsSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [host, httpPort, httpsPort] = process.argv.slice(2);
const PRELOADED = new URL("conf/hsts-preload.json", import.meta.resolve("@mdn/mdn-http-observatory/package.json"));
// The list of Chromium, which it would fetch when it is installed: no host of ours is on it.
if (!existsSync(fileURLToPath(PRELOADED))) writeFileSync(fileURLToPath(PRELOADED), "{}");

const { ALL_TESTS } = await import("@mdn/mdn-http-observatory/src/constants.js");
const { retrieve } = await import("@mdn/mdn-http-observatory/src/retriever/retriever.js");
const { getGradeForScore, getScoreModifier } = await import("@mdn/mdn-http-observatory/src/grader/grader.js");

const answers = await retrieve(host, { httpPort: Number(httpPort), httpsPort: Number(httpsPort) });
const results = ALL_TESTS.map((test) => test(answers));
const score = results.reduce((sum, { result }) => sum + getScoreModifier(result), 100);
const failed = results.filter(({ pass }) => !pass).map(({ result }) => result);
console.log(JSON.stringify({ grade: getGradeForScore(score).grade, tests: results.length, failed }));
