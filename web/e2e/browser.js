// A headless Chromium for one test file, that tells what a page complained of and whom it asked.
import { chromium } from "playwright-core";

export const URL_OF = process.env.DRAY_URL;
export const PICTURES = process.env.DRAY_PICTURES;

/** @param {(browser: import("playwright-core").Browser) => Promise<void>} use */
export async function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
  });
}

export const KEY = { accessKeyId: process.env.AWS_ACCESS_KEY_ID, secretAccessKey: process.env.AWS_SECRET_ACCESS_KEY };

/** As the form does. @param {import("playwright-core").BrowserContext} context */
async function signIn(context, key) {
  const answer = await context.request.post(`${URL_OF}/dray/v1/session`, { data: key });
  if (!answer.ok()) throw new Error(`cannot sign in: ${answer.status()} ${await answer.text()}`);
}

/** A page and its complaints: console errors, failed or foreign requests, breaches of the policy. */
export async function openPage(browser, { key = KEY, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  await signIn(context, key);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(URL_OF) && !url.startsWith("data:")) complaints.push(`asks elsewhere: ${url}`);
  });
  return { page, context, complaints, visit: (path) => page.goto(URL_OF + path) };
}
