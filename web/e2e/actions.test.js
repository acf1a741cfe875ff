// Each button that changes something, pressed in a real browser, and its effect at the scheduler
// (tests/e2e/test_web_actions.py starts one with jobs that wait for the files `open` makes).
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PICTURES, URL_OF, launch, openPage } from "./browser.js";
import { look, see } from "./checks.js";

const JOBS = JSON.parse(process.env.DRAY_JOBS ?? "{}");
const VIEWER = { accessKeyId: process.env.DRAY_VIEWER_ID, secretAccessKey: process.env.DRAY_VIEWER_SECRET };

const open = (name) => fetch(process.env.DRAY_GATE + name);

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser.close(); });

/** What the scheduler says, past the page. */
const ask = async (context, path, data) => (await (data ? context.request.post(URL_OF + path, { data, headers: { "X-Requested-By": "test" } })
  : context.request.get(URL_OF + path))).json();
const describeJob = async (context, id) => (await ask(context, "/v1/describejobs", { jobs: [id] })).jobs[0];

async function until(what, condition) {
  for (let i = 0; i < 300; i += 1) {
    if (await condition()) return;
    await new Promise((done) => { setTimeout(done, 100); });
  }
  assert.fail(`not within 30 s: ${what}`);
}
const untilState = (context, id, state) => until(`${id} is ${state}`, async () => (await describeJob(context, id)).status === state);
const button = (page, name) => page.getByRole("button", { name, exact: true });
const dialog = (page) => page.getByRole("dialog");

test("a job is held: it does not start when it could, and does once it is released", async () => {
  const { page, context, complaints, visit } = await openPage(browser, { colorScheme: "dark" });
  await visit(`/jobs/${JOBS.held}`);
  await button(page, "Hold").click();
  await page.getByRole("status").getByText("Held.").waitFor();
  await page.locator("h1 .tag", { hasText: "held" }).waitFor();
  assert.equal((await describeJob(context, JOBS.held)).dray.isHeld, true);
  assert.equal(await button(page, "Hold").count(), 0);
  await open("first-done");
  await untilState(context, JOBS.first, "SUCCEEDED");
  await page.locator("h1 .state[data-state=RUNNABLE]").waitFor({ timeout: 30_000 });
  await page.locator(".explain[data-code=HELD]").waitFor();
  await page.screenshot({ path: `${PICTURES}/held.png`, fullPage: true });
  await button(page, "Release").click();
  await page.locator("h1 .state[data-state=SUCCEEDED]").waitFor({ timeout: 30_000 });
  assert.equal(await page.locator("h1 .tag").count(), 0);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("an array is held and released", async () => {
  const { page, context, visit } = await openPage(browser);
  await visit(`/jobs/${JOBS.stays}`);
  await button(page, "Hold").focus();
  await page.keyboard.press("Enter");
  await button(page, "Release").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Release");
  assert.equal((await describeJob(context, JOBS.stays)).dray.isHeld, true);
  await page.keyboard.press("Space");
  await button(page, "Hold").waitFor();
  assert.equal((await describeJob(context, JOBS.stays)).dray.isHeld, undefined);
  await context.close();
});

test("what others do is seen at once, without asking again and again", async () => {
  const { page, context, visit } = await openPage(browser);
  const soon = { timeout: 5_000 };  // Less than the time after which a page asks by itself.
  await visit(`/jobs/${JOBS.waits}`);
  await button(page, "Hold").waitFor();
  await ask(context, `/dray/v1/jobs/${JOBS.waits}/hold`, {});
  await button(page, "Release").waitFor(soon);
  await ask(context, `/dray/v1/jobs/${JOBS.waits}/release`, {});
  await button(page, "Hold").waitFor(soon);
  await visit("/queues/default");
  await page.getByRole("row", { name: /all of the queue no limit/ }).waitFor();
  await ask(context, "/dray/v1/queues/default/concurrency", { maxRunning: 77 });
  await page.getByRole("row", { name: /all of the queue 77/ }).waitFor(soon);
  await ask(context, "/dray/v1/queues/default/concurrency", { maxRunning: 0 });
  await page.getByRole("row", { name: /all of the queue no limit/ }).waitFor(soon);
  await context.close();
});

test("what the scheduler refuses is said in its words, and what is shown stays", async () => {
  const { page, context, visit } = await openPage(browser);
  await visit(`/jobs/${JOBS.gone}`);
  await button(page, "Hold").waitFor();
  let goOn;
  const late = new Promise((done) => { goOn = done; });  // The page does not hear in time that the job ends.
  await page.route("**/v1/describejobs", async (route) => { await late; await route.continue(); });
  await ask(context, "/v1/terminatejob", { jobId: JOBS.gone, reason: "by somebody else" });
  await untilState(context, JOBS.gone, "FAILED");
  await button(page, "Hold").click();
  assert.match(await page.getByRole("alert").textContent(), /There is no job of this id that has not ended/);
  goOn();
  await page.locator("h1 .state[data-state=FAILED]").waitFor();
  assert.equal(await button(page, "Hold").count(), 0);
  await context.close();
});

test("limits of an array: a higher one lets more children run at once", async () => {
  const { page, context, visit } = await openPage(browser);
  await visit(`/jobs/${JOBS.limited}`);
  await button(page, "Limits …").click();
  const atOnce = page.getByLabel("Children that run at once, at most");
  assert.equal(await atOnce.inputValue(), "1");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("name")), "maxRunning");
  await atOnce.fill("3");
  await page.getByLabel("Stop after so many failures").fill("2");
  await page.keyboard.press("Enter");
  await dialog(page).waitFor({ state: "detached" });
  await see(page, "Limits set.");
  await until("three children run", async () => (await describeJob(context, JOBS.limited)).arrayProperties.statusSummary.RUNNING === 3);
  await page.getByRole("link", { name: /^RUNNING 3/ }).waitFor();
  await see(page, "at most 3");
  assert.equal((await describeJob(context, JOBS.limited)).dray.maxFailures, 2);
  await button(page, "Limits …").click();
  await atOnce.fill("");
  await page.getByLabel("Stop after so many failures").fill("");
  await button(page, "Set the limits").click();
  await page.getByRole("link", { name: /^RUNNING 6/ }).waitFor({ timeout: 30_000 });
  const { dray } = await describeJob(context, JOBS.limited);
  assert.deepEqual([dray.maxRunning, dray.maxFailures], [undefined, undefined]);
  await context.close();
});

test("a limit that is none is not taken, and leaving the dialog changes nothing", async () => {
  const { page, context, visit } = await openPage(browser);
  await visit(`/jobs/${JOBS.stays}`);
  await button(page, "Limits …").click();
  await page.getByLabel("Children that run at once, at most").fill("-1");
  await button(page, "Set the limits").click();
  assert.ok(await page.evaluate(() => document.querySelector("dialog input:invalid") !== null));
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "detached" });
  assert.equal((await describeJob(context, JOBS.stays)).dray.maxRunning, undefined);
  await context.close();
});

test("pages with these buttons are clean, accessible, and fit a phone", async () => {
  await look(browser, "array-failed", `/jobs/${JOBS.shards}`, (page) => button(page, "Run the failed children again …").waitFor());
  await look(browser, "rerun", `/jobs/${JOBS.shards}`, async (page) => {
    await button(page, "Run the failed children again …").click();
    await dialog(page).waitFor();
  });
  await look(browser, "limits", `/jobs/${JOBS.stays}`, async (page) => {
    await button(page, "Limits …").click();
    await dialog(page).waitFor();
  });
});

test("failed children run again: those of one cause, one by itself, then none is left", async () => {
  const { page, context, visit } = await openPage(browser);
  await open("repaired");
  await visit(`/jobs/${JOBS.shards}`);
  await see(page, "3 of 12 children failed.");
  await button(page, "Run again: 2 children with this cause").click();
  await see(page, "Run 2 failed children of shards again?");
  await button(page, "Run them again").click();
  await see(page, "2 children run again.");
  await see(page, "1 of 12 children failed.");
  for (const child of [3, 5]) assert.equal((await describeJob(context, `${JOBS.shards}:${child}`)).status, "SUCCEEDED");
  assert.equal((await describeJob(context, `${JOBS.shards}:8`)).status, "FAILED");
  await page.getByRole("link", { name: "child 8" }).click();
  await button(page, "Run again …").click();
  await button(page, "Run it again").click();
  await page.locator("h1 .state[data-state=SUCCEEDED]").waitFor({ timeout: 30_000 });
  await untilState(context, JOBS.shards, "SUCCEEDED");
  assert.equal(await button(page, "Run again …").count(), 0);
  await context.close();
});

test("all failed children run again at once", async () => {
  const { page, context, visit } = await openPage(browser);
  await open("repaired");
  await visit(`/jobs/${JOBS.parts}`);
  await button(page, "Run the failed children again …").click();
  await button(page, "Run them again").click();
  await see(page, "3 children run again.");
  await page.locator("h1 .state[data-state=SUCCEEDED]").waitFor({ timeout: 30_000 });
  assert.deepEqual((await describeJob(context, JOBS.parts)).arrayProperties.statusSummary.SUCCEEDED, 12);
  assert.equal(await button(page, "Run the failed children again …").count(), 0);
  await context.close();
});

/** The cells of a table's body, row by row. */
const cellsOf = async (table) => Promise.all((await table.locator("tbody tr").all()).map(async (row) =>
  (await row.locator("th, td").allTextContents()).map((text) => text.trim())));
const queueOf = async (context, name) => (await ask(context, "/dray/v1/queues")).queues.find((it) => it.name === name);

test("the limit of a queue: more jobs run once it is higher, and it is lifted by an empty field", async () => {
  const { page, context, complaints, visit } = await openPage(browser);
  await visit("/queues/narrow");
  const limits = page.locator("section[aria-labelledby=limits-title]");
  await limits.getByRole("row", { name: /all of the queue 1 1/ }).waitFor();
  await button(page, "Change the limit of the queue").click();
  await page.getByLabel("Jobs that run at once, at most").fill("3");
  await button(page, "Set the limit").click();
  await limits.getByRole("row", { name: /all of the queue 3 3/ }).waitFor({ timeout: 30_000 });
  assert.equal((await queueOf(context, "narrow")).maxRunning, 3);
  assert.equal((await describeJob(context, JOBS.nap)).arrayProperties.statusSummary.RUNNING, 3);
  await button(page, "Change the limit of the queue").click();
  await page.getByLabel("Jobs that run at once, at most").fill("");
  await page.keyboard.press("Enter");
  await limits.getByRole("row", { name: /all of the queue no limit 4/ }).waitFor({ timeout: 30_000 });
  assert.equal((await queueOf(context, "narrow")).maxRunning, undefined);
  assert.deepEqual(complaints, []);
  await context.close();
});

test("jobs of one name are limited, changed and let go; a name that is none is refused in words", async () => {
  const { page, context, visit } = await openPage(browser);
  await visit("/queues/narrow");
  await button(page, "Limit jobs of a name …").click();
  await page.getByLabel("Name of the jobs").fill("no name!");
  await page.getByLabel("That run at once, at most").fill("2");
  await button(page, "Set the limit").click();
  assert.match(await dialog(page).getByRole("alert").textContent(), /jobNames must give names of jobs/);
  await page.getByLabel("Name of the jobs").fill("nap");
  await button(page, "Set the limit").click();
  await page.getByRole("row", { name: /^nap 2/ }).waitFor();
  assert.deepEqual((await queueOf(context, "narrow")).jobNames, { nap: 2 });
  await button(page, "Change the limit of nap").click();
  await page.getByLabel("That run at once, at most").fill("5");
  await button(page, "Set the limit").click();
  await page.getByRole("row", { name: /^nap 5/ }).waitFor();
  await button(page, "Change the limit of nap").click();
  await page.getByLabel("That run at once, at most").fill("");
  await button(page, "Set the limit").click();
  await see(page, "Limit of nap lifted.");
  await page.getByRole("row", { name: /^nap/ }).waitFor({ state: "detached" });
  assert.equal((await queueOf(context, "narrow")).jobNames, undefined);
  await context.close();
});

test("shares stand in the order of dispatch, with what it comes from, and change while one looks", async () => {
  const { page, context, visit } = await openPage(browser);
  await visit("/queues/shared");
  const shares = page.locator("table.shares");
  await shares.waitFor();
  const rows = await cellsOf(shares);
  const [light, heavy] = rows;
  assert.deepEqual([light[0], light[1], light[2], light[3], light[6], light[7]], ["1", "lightA", "0.5", "0 of 2 vCPUs", "0", "3"]);
  assert.deepEqual([heavy[0], heavy[1], heavy[2], heavy[3], heavy[6], heavy[7]], ["2", "heavy", "1", "1.5 of 2 vCPUs", "3", "5"]);
  assert.ok(Number(heavy[5]) >= 0.75 && Number(heavy[5]) < 1.5, heavy[5]);
  const front = page.locator("section[aria-labelledby=front-title] tbody tr");
  const told = (await ask(context, "/v1/getjobqueuesnapshot", { jobQueue: "shared" })).frontOfQueue.jobs;
  const links = await front.locator("a").evaluateAll((all) => all.map((it) => it.getAttribute("href")));
  assert.deepEqual(links, told.map((it) => `/jobs/${it.jobArn.split("/").at(-1)}`));
  assert.match(await front.first().textContent(), /1lightA:0lightA/);
  await look(browser, "shares", "/queues/shared", (one) => one.locator("table.shares").waitFor());
  await open("shares-done");
  await page.getByText("Nothing waits for room.").waitFor({ timeout: 30_000 });
  await page.waitForFunction(() => [...document.querySelectorAll("table.shares tbody tr")].every((row) => row.children[6].textContent === "0"));
  assert.deepEqual((await cellsOf(shares)).map((row) => row[0]), ["", ""]);
  await context.close();
});

test("a queue whose shares have used nothing says so, and other queues have none", async () => {
  await look(browser, "shares-none", "/queues/unshared", (page) => see(page, "No share has used anything yet"));
  await look(browser, "queue-limits", "/queues/narrow", (page) => button(page, "Limit jobs of a name …").waitFor());
  const { page, context, visit } = await openPage(browser);
  await visit("/queues/narrow");
  await button(page, "Limit jobs of a name …").waitFor();
  await page.locator("section[aria-labelledby=front-title]").waitFor();
  assert.equal(await page.locator("section[aria-labelledby=shares-title]").count(), 0);
  await context.close();
});

test("who may only look is offered nothing", async () => {
  const { page, context, visit } = await openPage(browser, { key: VIEWER });
  for (const id of [JOBS.stays, JOBS.limited, JOBS.waits]) {
    await visit(`/jobs/${id}`);
    await button(page, "Watch").waitFor();
    assert.deepEqual(await page.locator(".actions button").allTextContents(), ["Watch"]);
  }
  await visit("/queues/narrow");
  await page.locator("section[aria-labelledby=limits-title]").waitFor();
  assert.equal(await page.locator("main button").count(), 0);
  await visit("/agents");
  await page.getByRole("link", { name: "agent-1" }).waitFor();
  assert.equal(await page.locator("main button").count(), 0);
  await context.close();
});
