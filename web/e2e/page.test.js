// The status page in a real browser, on a real scheduler with real jobs (tests/e2e/test_web.py
// starts them and passes their ids).
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { KEY, PICTURES, URL_OF, launch, openPage } from "./browser.js";
import { look, see } from "./checks.js";

const JOBS = JSON.parse(process.env.DRAY_JOBS ?? "{}");

/** What a page must show before it is looked at. */
const PAGES = {
  overview: ["/", "Last failures"],
  jobs: ["/jobs", "shards"],
  jobs_failed: ["/jobs?state=FAILED", "breaks"],
  array: [`/jobs/${JOBS.array}`, "Failures by cause"],
  child: [`/jobs/${JOBS.array}:3`, "Attempts"],
  waiting: [`/jobs/${JOBS.big}`, "larger agent"],
  running: [`/jobs/${JOBS.running}`, "Terminate"],
  log: [`/jobs/${JOBS.colours}/log`, "End of the log"],
  queue: ["/queues/default", "Not ended"],
  agents: ["/agents", "agent-2"],
  agent: ["/agents/agent-1", "Running here"],
  no_job: ["/jobs/00000000-0000-0000-0000-000000000000", "There is no job"],
  no_agent: ["/agents/nobody", "There is no agent"],
};

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

describe("every page", () => {
  for (const [name, [path, text]] of Object.entries(PAGES)) {
    test(`${name} is whole, clean, accessible and fits a phone`, () => look(browser, name, path, (page) => see(page, text)));
  }
});

test("the policy of the page forbids what is not its own", async () => {
  const answer = await fetch(`${URL_OF}/`);
  const policy = answer.headers.get("content-security-policy") ?? "";
  assert.match(policy, /default-src 'self'|default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval/);
  assert.match(policy, /frame-ancestors 'none'/);
});

test("the reason a job waits is the command line's", async () => {
  const { page, context, visit } = await openPage(browser);
  await visit(`/jobs/${JOBS.big}`);
  const shown = await page.locator(".sentence").textContent();
  const told = await (await context.request.get(`${URL_OF}/dray/v1/jobs/${JOBS.big}/explain`)).json();
  assert.equal(shown, told.sentence);
  const ways = await page.locator(".would-start li").allTextContents();
  assert.ok(ways.length > 0);
  assert.deepEqual(ways, told.wouldStartIf.map((/** @type {string} */ it) => it.replaceAll("`", "")));
  await context.close();
});

test("filters stand in the URL and outlive a reload", async () => {
  const { page, context, visit } = await openPage(browser);
  await visit("/jobs");
  await see(page, "shards");
  await page.getByRole("checkbox", { name: "FAILED" }).click();
  await page.waitForURL(/state=FAILED/);
  await page.getByLabel("Name begins with").fill("br");
  await page.keyboard.press("Enter");
  await page.waitForURL(/name=br\*|name=br%2A/);
  const rows = () => page.locator("table.jobs tbody tr");
  await page.waitForFunction(() => document.querySelectorAll("table.jobs tbody tr").length === 1);
  await page.reload();
  await see(page, "breaks");
  assert.equal(await rows().count(), 1);
  assert.equal(await page.getByRole("checkbox", { name: "FAILED" }).getAttribute("aria-checked"), "true");
  await page.goBack();
  await page.waitForURL((url) => !url.search.includes("name="));
  await context.close();
});

test("older jobs are pages away, and none is shown twice", async () => {
  const { page, context, visit } = await openPage(browser);
  await visit("/jobs?name=many*");
  await see(page, "many-");
  const names = async () => page.locator("table.jobs tbody td.c-name a").allTextContents();
  const first = await names();
  assert.equal(first.length, 100);
  await page.getByRole("link", { name: "Older" }).click();
  await page.waitForURL(/after=/);
  await page.waitForFunction((seen) => document.querySelector("table.jobs tbody td.c-name a")?.textContent !== seen, first[0]);
  const second = await names();
  assert.equal(second.filter((name) => first.includes(name)).length, 0);
  assert.equal(first.length + second.length, JOBS.many);
  await context.close();
});

test("failures of an array stand together by cause", async () => {
  const { page, context, visit } = await openPage(browser);
  await visit(`/jobs/${JOBS.array}`);
  await see(page, "Failures by cause");
  const rows = await page.locator("section[aria-labelledby=causes-title] tbody tr").allTextContents();
  assert.equal(rows.length, 2, rows.join("\n"));
  assert.match(rows.join("\n"), /3.*5|5.*3/s);
  await context.close();
});

test("the map of the children is walked by keys, and Enter opens a child", async () => {
  const { page, context, visit } = await openPage(browser);
  await visit(`/jobs/${JOBS.array}`);
  const map = page.getByRole("application");
  await map.focus();
  for (let i = 0; i < 4; i += 1) await page.keyboard.press("ArrowRight");
  assert.match(await page.locator("#cell-word").textContent(), /Child 3: FAILED/);
  await page.keyboard.press("Enter");
  await page.waitForURL(new RegExp(`/jobs/${JOBS.array}:3$`));
  await see(page, "Attempts");
  assert.equal(await page.locator("section[aria-labelledby=attempts-title] tbody tr").count(), 2);
  await context.close();
});

test("an array turns green while one looks", async () => {
  const { page, context, visit } = await openPage(browser);
  await visit(`/jobs/${JOBS.gated}`);
  await see(page, "RUNNING");
  await fetch(process.env.DRAY_GATE);
  await page.locator("h1 .state[data-state=SUCCEEDED]").waitFor({ timeout: 60_000 });
  await see(page, "12 of 12 ended");
  // The map is asked for on its own, at most twice a second: all its cells turn green, too.
  await page.waitForFunction(() => {
    const canvas = document.querySelector("canvas");
    const pen = canvas?.getContext("2d");
    if (!canvas || !pen) return false;
    const cell = canvas.width / 12;
    return Array.from({ length: 12 }, (_, i) => pen.getImageData((i + 0.4) * cell, canvas.height / 2, 1, 1).data)
      .every(([red, green, blue]) => green > red && green > blue);
  }, undefined, { timeout: 60_000 });
  await page.screenshot({ path: `${PICTURES}/turned-green.png` });
  await context.close();
});

test("a log is followed while it is written, in its colours, and nothing in it is markup", async () => {
  const { page, context, complaints, visit } = await openPage(browser);
  await visit(`/jobs/${JOBS.colours}/log`);
  await see(page, "End of the log");
  assert.equal(await page.locator(".ansi-green-fg").first().textContent(), "green");
  assert.equal(await page.locator(".log img").count(), 0);
  await see(page, "<img src=x onerror=alert(1)>");
  assert.deepEqual(complaints, []);
  await page.getByLabel("Search in the log").fill("line 2999");
  await see(page, "1 line");
  await page.keyboard.press("Enter");
  await see(page, "line 2999");
  assert.ok(await page.locator(".line").count() < 300, "only what is seen is in the page");
  await context.close();
});

test("a link to a line of a log shows that line, by its true number", async () => {
  const { page, context, visit } = await openPage(browser);
  await visit(`/jobs/${JOBS.colours}/log#L120`);
  const line = page.locator('.line[data-n="120"]');
  await line.waitFor();
  assert.equal(await line.locator(".line-text").textContent(), "line 117");
  assert.equal(await line.getAttribute("data-marked"), "true");
  await page.getByRole("button", { name: "Wrap" }).click();
  await line.waitFor();
  const [top, box] = await page.evaluate(() => [document.querySelector('.line[data-n="120"]').getBoundingClientRect(), document.querySelector(".log").getBoundingClientRect()].map((it) => it.top));
  assert.ok(top >= box, "it is in sight, wrapped too");
  await context.close();
});

test("nobody loses the row being read: new jobs wait behind a button", async () => {
  const { page, context, visit } = await openPage(browser);
  await visit("/jobs");
  await see(page, "shards");
  const firstName = () => page.locator("table.jobs tbody td.c-name a").first().textContent();
  const before_ = await firstName();
  await page.locator("table.jobs tbody td.c-name a").nth(3).focus();
  const queue = "default";
  await page.evaluate(async (wish) => fetch("/v1/submitjob", { method: "POST", headers: { "Content-Type": "application/json", "X-Requested-By": "test" }, body: JSON.stringify(wish) }),
    { jobName: "newcomer", jobQueue: queue, jobDefinition: "many" });
  const button = page.getByRole("button", { name: "1 new job" });
  await button.waitFor({ timeout: 20_000 });
  assert.equal(await firstName(), before_);
  await button.click();
  await page.waitForFunction(() => document.querySelector("table.jobs tbody td.c-name a")?.textContent === "newcomer");
  await context.close();
});

test("the children in one state are listed, and that stands in the URL", async () => {
  const { page, context, visit } = await openPage(browser);
  await visit(`/jobs/${JOBS.array}`);
  await page.getByRole("link", { name: /^FAILED 3/ }).click();
  await page.waitForURL(/children=FAILED/);
  await page.reload();
  await page.getByRole("link", { name: "Child 9" }).waitFor();
  assert.equal(await page.locator(".chosen a").count(), 3);
  await context.close();
});

test("terminate from the page ends the job, with the reason given", async () => {
  const { page, context, visit } = await openPage(browser);
  await visit(`/jobs/${JOBS.victim}`);
  await page.locator("h1 .state[data-state=RUNNING]").waitFor({ timeout: 30_000 });
  await page.getByRole("button", { name: "Terminate" }).click();
  await page.getByLabel("Reason").fill("seen enough");
  await page.screenshot({ path: `${PICTURES}/terminate.png` });
  await page.getByRole("button", { name: "Terminate the job" }).click();
  await page.locator("h1 .state[data-state=FAILED]").waitFor({ timeout: 60_000 });
  await see(page, "seen enough");
  await page.locator("details.history summary").click();
  const asked = page.locator("details.history tr", { hasText: "terminate asked for by admin" });
  await asked.getByText("seen enough").waitFor();
  await page.locator("details.history tr", { hasText: "RUNNABLE" }).waitFor();
  await context.close();
});

test("an agent is drained and given work again", async () => {
  const { page, context, visit } = await openPage(browser);
  await visit("/agents");
  await page.getByRole("button", { name: "Drain agent-2" }).click();
  await see(page, "draining");
  await page.getByRole("button", { name: "Undrain agent-2" }).click();
  await page.getByRole("button", { name: "Drain agent-2" }).waitFor();
  await context.close();
});

test("by keyboard alone from the overview to the help", async () => {
  const { page, context, visit } = await openPage(browser);
  await visit("/");
  await see(page, "Last failures");
  await page.keyboard.press("g");
  await page.keyboard.press("j");
  await page.waitForURL(/\/jobs$/);
  await see(page, "shards");
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).waitFor();
  await page.keyboard.press("Escape");
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("type")), "search");
  await context.close();
});

test("10,000 children are one picture", async () => {
  const { page, context, visit } = await openPage(browser);
  await visit(`/jobs/${JOBS.wide}`);
  await page.getByRole("application").waitFor();
  await page.screenshot({ path: `${PICTURES}/ten-thousand.png` });
  const size = await page.evaluate(() => { const c = document.querySelector("canvas"); return [c.width, c.height]; });
  assert.ok(size[0] > 100 && size[1] > 100, String(size));
  await context.close();
});

test("nothing is seen before somebody signs in, and after they sign out", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${URL_OF}/jobs`);
  await page.getByRole("heading", { name: "Sign in to Dray" }).waitFor();
  await page.screenshot({ path: `${PICTURES}/sign-in.png`, fullPage: true });
  assert.equal((await context.request.get(`${URL_OF}/dray/v1/jobs`)).status(), 403);
  await page.getByLabel("Access key", { exact: true }).fill(KEY.accessKeyId);
  await page.getByLabel("Secret access key").fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await see(page, "There is no active access key");
  await page.getByLabel("Secret access key").fill(KEY.secretAccessKey);
  await page.getByRole("button", { name: "Sign in" }).click();
  await see(page, "shards");
  const [cookie] = await context.cookies();
  assert.ok(cookie.httpOnly && cookie.sameSite === "Strict", JSON.stringify(cookie));
  await page.reload();
  await see(page, "shards");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in to Dray" }).waitFor();
  await context.addCookies([cookie]);
  assert.equal((await context.request.get(`${URL_OF}/dray/v1/jobs`)).status(), 403);
  await context.close();
});

test("all tabs of a browser share one stream of changes", async () => {
  const { page, context, visit } = await openPage(browser);
  let streams = 0;
  context.on("request", (request) => { if (request.url().endsWith("/dray/v1/events")) streams += 1; });
  await visit("/jobs");
  await see(page, "shards");
  const second = await context.newPage();
  await second.goto(`${URL_OF}/agents`);
  await see(second, "agent-2");
  await second.getByRole("button", { name: "Drain agent-1" }).click();
  await see(second, "draining");
  await second.getByRole("button", { name: "Undrain agent-1" }).click();
  await second.getByRole("button", { name: "Drain agent-1", exact: true }).waitFor();
  assert.equal(streams, 1);
  await context.close();
});

test("a job that waits is cancelled from the page", async () => {
  const { page, context, visit } = await openPage(browser);
  await visit(`/jobs/${JOBS.big}`);
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByLabel("Reason").fill("too big for us");
  await page.getByRole("button", { name: "Cancel the job" }).click();
  await page.locator("h1 .state[data-state=FAILED]").waitFor({ timeout: 30_000 });
  await see(page, "too big for us");
  await context.close();
});
