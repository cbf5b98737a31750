// Draws and trains in headless Chromium: `node --experimental-websocket test.mjs [folder for screenshots]`, after `./build`.
//
// Both modules must learn the same: loss and weights are compared, bit for bit.
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import assert from "node:assert/strict";

const dist = new URL("dist/", import.meta.url), shots = process.argv[2];
const types = { html: "text/html; charset=utf-8", wasm: "application/wasm" };
const server = createServer(async (request, response) => {
  const name = new URL(request.url, "http://localhost").pathname.slice(1) || "index.html";
  try {
    const body = await readFile(new URL(name.replaceAll("/", ""), dist));
    response.writeHead(200, { "content-type": types[name.split(".").pop()] ?? "application/octet-stream" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise(listening => server.listen(0, "127.0.0.1", listening));
const page = `http://127.0.0.1:${server.address().port}/`;

const profile = await mkdtemp(join(tmpdir(), "backprop-web-"));
const chromium = spawn(process.env.CHROMIUM ?? "chromium", [
  "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank",
], { stdio: ["ignore", "ignore", "pipe"] });
const debuggerUrl = await new Promise((found, failed) => {
  let text = "";
  chromium.stderr.on("data", data => {
    text += data;
    const url = /DevTools listening on (ws:\S+)/.exec(text);
    if (url) found(url[1]);
  });
  chromium.on("exit", () => failed(new Error(`chromium ended\n${text}`)));
});

const socket = new WebSocket(debuggerUrl);
await new Promise(open => { socket.onopen = open; });
let number = 0, session;
const waiting = new Map(), wrong = [];
socket.onmessage = ({ data }) => {
  const message = JSON.parse(data);
  if (waiting.has(message.id)) { waiting.get(message.id)(message); waiting.delete(message.id); }
  if (message.method === "Runtime.exceptionThrown") wrong.push(message.params.exceptionDetails.exception?.description ?? message.params.exceptionDetails.text);
  if (message.method === "Log.entryAdded" && message.params.entry.level === "error") wrong.push(message.params.entry.text);
};
async function send(method, params = {}) {
  const id = number += 1;
  const answer = await new Promise(done => { waiting.set(id, done); socket.send(JSON.stringify({ id, method, params, sessionId: session })); });
  if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
  return answer.result;
}
async function evaluate(expression) {
  const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}
const text = id => evaluate(`document.getElementById("${id}").textContent`);
async function until(what, holds, seconds = 60) {
  for (const end = Date.now() + 1000 * seconds; Date.now() < end;) {
    if (await holds()) return;
    await new Promise(later => setTimeout(later, 100));
  }
  throw new Error(`not within ${seconds} s: ${what}`);
}
const box = id => evaluate(`(e => { e.scrollIntoView({ block: "center" }); const { left, top, width, height } = e.getBoundingClientRect(); return { left, top, width, height }; })(document.getElementById("${id}"))`);
async function click(id) {
  const { left, top, width, height } = await box(id);
  for (const type of ["mousePressed", "mouseReleased"]) await send("Input.dispatchMouseEvent", { type, x: left + width / 2, y: top + height / 2, button: "left", clickCount: 1 });
}
async function press(key, code = key, times = 1) {
  const extra = key === " " ? { text: " " } : {};
  for (let i = 0; i < times; i += 1) for (const type of ["keyDown", "keyUp"]) await send("Input.dispatchKeyEvent", { type, key, code, ...(type === "keyDown" ? extra : {}) });
}
/** Strokes are lists of places from 0 to 1; with the mouse or with a finger. */
async function draw(strokes, finger = false) {
  const { left, top, width, height } = await box("pad");
  for (const stroke of strokes) {
    for (const [place, [x, y]] of stroke.entries()) {
      const point = { x: left + x * width, y: top + y * height };
      if (finger) await send("Input.dispatchTouchEvent", { type: place === 0 ? "touchStart" : "touchMove", touchPoints: [point] });
      else await send("Input.dispatchMouseEvent", { type: place === 0 ? "mousePressed" : "mouseMoved", ...point, button: "left", buttons: 1 });
    }
    if (finger) await send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    else await send("Input.dispatchMouseEvent", { type: "mouseReleased", x: left, y: top, button: "left" });
  }
}
async function shot(name) {
  if (!shots) return;
  await evaluate("scrollTo(0, 0)");
  const { data } = await send("Page.captureScreenshot", { captureBeyondViewport: true });
  await writeFile(join(shots, name), Buffer.from(data, "base64"));
}
async function look({ width, height, scheme, finger = false }) {
  await send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: finger });
  await send("Emulation.setTouchEmulationEnabled", { enabled: finger });
  await send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
}

const line = (from, to, n = 8) => Array.from({ length: n + 1 }, (_, i) => [0, 1].map(a => from[a] + (to[a] - from[a]) * i / n));
const ring = Array.from({ length: 25 }, (_, i) => [.5 + .2 * Math.sin(i / 24 * 2 * Math.PI), .5 - .3 * Math.cos(i / 24 * 2 * Math.PI)]);
const one = [line([.52, .2], [.48, .8])];
const seven = [[...line([.28, .25], [.7, .25]), ...line([.7, .25], [.45, .8])]];

try {
  const { targetId } = await send("Target.createTarget", { url: "about:blank" });
  session = (await send("Target.attachToTarget", { targetId, flatten: true })).sessionId;
  for (const domain of ["Page", "Runtime", "Log"]) await send(`${domain}.enable`);
  await look({ width: 1100, height: 800, scheme: "light" });
  await send("Page.navigate", { url: page });
  const ready = () => evaluate(`document.getElementById("learn")?.disabled === false`);
  await until("the page is ready", ready);

  await click("learn");
  await until("nine of ten digits are right", async () => parseFloat(/([\d.]+) % are right/.exec(await text("progress"))?.[1]) > 90, 90);
  await click("learn");
  assert.equal(await text("learn"), "Learn", "learning pauses");
  console.log(await text("progress"), await text("speed"));

  for (const [digit, strokes] of [["0", [ring]], ["1", one], ["7", seven]]) {
    await click("clear");
    assert.equal(await text("answer"), "–");
    await draw(strokes);
    assert.equal(await text("answer"), digit, "drawn with the mouse");
  }
  await shot("desktop-light.png");

  // A one, by keys: up, pen down, down.
  await evaluate(`document.getElementById("pad").focus()`);
  await press("Delete");
  await press("ArrowUp", "ArrowUp", 8);
  await press(" ", "Space");
  await press("ArrowDown", "ArrowDown", 16);
  await press(" ", "Space");
  assert.equal(await text("answer"), "1", "drawn with keys");
  assert.deepEqual(await evaluate(`(({ hidden, style }) => [hidden, Math.round(parseFloat(style.top))])(document.getElementById("pen"))`), [false, 79], "the pen is shown");

  await look({ width: 390, height: 844, scheme: "dark", finger: true });
  await click("clear");
  await draw([ring], true);
  assert.equal(await text("answer"), "0", "drawn with a finger");
  assert.ok(await evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than a phone");
  assert.equal(await evaluate(`new Set([...document.querySelectorAll("#scores li")].map(row => row.clientHeight)).size`), 1, "shares have a line each");
  await shot("phone-dark.png");

  await click("again");
  await until("weights are new", async () => await text("progress") === "Nothing learnt yet.");

  // The modules themselves, twenty steps each.
  const learnt = file => evaluate(`(async () => {
    const net = (await WebAssembly.instantiateStreaming(fetch("${file}"))).instance.exports;
    net.start(5);
    const losses = [], begin = performance.now();
    for (let step = 0; step < 20; step += 1) {
      const pixels = new Uint8Array(net.memory.buffer, net.pixels(), 16 * 784), labels = new Uint8Array(net.memory.buffer, net.labels(), 16);
      pixels.forEach((_, i) => { pixels[i] = (i * 7919 + step * 31) % 251; });
      labels.forEach((_, i) => { labels[i] = (i + step) % 10; });
      losses.push(net.learn());
    }
    const weights = [...new Uint8Array(net.memory.buffer, net.filters(), 4 * 11738)];
    return { losses, weights, milliseconds: (performance.now() - begin) / 20 };
  })()`);
  const [simd, plain] = [await learnt("simd.wasm"), await learnt("plain.wasm")];
  assert.ok(simd.losses.every(Number.isFinite) && new Set(simd.losses).size === 20);
  assert.deepEqual(simd.losses, plain.losses, "losses have the same bits");
  assert.deepEqual(simd.weights, plain.weights, "weights have the same bits");
  // FNV-1a, as tests/reproducible.rs computes it from the same steps on the host.
  const hash = plain.weights.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
  assert.equal(hash, Number(await readFile(new URL("bits.txt", import.meta.url), "utf8")), "weights have the bits of the host");
  console.log(`a step: ${simd.milliseconds.toFixed(2)} ms with vectors, ${plain.milliseconds.toFixed(2)} ms without`);
  assert.deepEqual(wrong, [], "no errors in the page");
} finally {
  chromium.kill();
  server.close();
  socket.close();
  await new Promise(ended => (chromium.exitCode === null ? chromium.once("exit", ended) : ended()));
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
}
