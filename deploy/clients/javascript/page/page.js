/** The page: takes a sentence and an access key, shows progress, the answer, and what left the browser. */

import { byId, bytes, list, say } from "./common.js";
import { bars, crossed, noise, pieces } from "./picture.js";
import { missing, wordsFor } from "./words.js";

const STEPS = ["package", "seal", "keys", "ask"];
const LABELS = ["negative", "positive"];

const waiting = new Map();
let worker;
let calls = 0;

function start() {
  worker = new Worker("/try/worker.js", { type: "module" });
  worker.onmessage = ({ data }) => {
    if (data.progress) {
      progressed(data.progress);
      return;
    }
    const { resolve, reject } = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.failure) {
      reject(data.failure);
    } else {
      resolve(data.value);
    }
  };
  worker.onerror = (event) => {
    waiting.forEach(({ reject }) => reject({ message: `The page's program stopped: ${event.message}. Reload the page.` }));
    waiting.clear();
  };
}

function call(action, members) {
  calls += 1;
  worker.postMessage({ id: calls, action, ...members });
  return new Promise((resolve, reject) => waiting.set(calls, { resolve, reject }));
}

function step(name, text) {
  const at = STEPS.indexOf(name);
  STEPS.forEach((other, i) => {
    byId(`step-${other}`).classList.toggle("done", i < at);
    byId(`step-${other}`).classList.toggle("now", i === at);
  });
  byId(`step-${name}`).querySelector("span").textContent = text;
}

function progressed(progress) {
  if (progress.step === "package") {
    step("package", "from the appliance, about 7 MB, once");
  } else if (progress.step === "seal") {
    step("seal", "WebAssembly, in this browser");
  } else if (progress.step === "gone") {
    say("The appliance no longer has this browser's session: keys are made and sent again.");
  } else if (progress.step === "keys") {
    const { made, sent, total, there } = progress;
    const before = there ? `, ${there} were there` : "";
    step("keys", `${made} of ${total} made, ${sent} sent, ${bytes(progress.bytes)}${before}`);
    byId("step-keys").querySelector("progress").value = (made + sent) / (2 * total);
  } else if (progress.step === "ask") {
    step("ask", "encrypted and sent; the appliance computes");
  }
}

function show(answer) {
  byId("answer").textContent = answer.label;
  byId("bars").replaceChildren(bars(LABELS, answer.logits));
  byId("pieces").replaceChildren(...pieces(answer.pieces));
  noise(byId("noise"), answer.sample);
  byId("picture").replaceChildren(crossed(answer));
  list(byId("left"), [
    ["the appliance knows", `that ${answer.model} was asked, when, from which address and with which access key, and that the text has at most ${answer.tokenClass} tokens`],
    ["secret key", answer.lasting ? "in this browser's storage until you forget it; it was not sent" : "in this tab alone; it was not sent"],
    ["came before", answer.packageBytes ? `embeddings and vocabulary of the model, ${bytes(answer.packageBytes)}, once` : "nothing: embeddings and vocabulary were there"],
    ["time", `${answer.seconds.toFixed(2)} s, of which network and appliance ${answer.applianceSeconds.toFixed(2)} s; engine ${answer.engine}`],
  ]);
  byId("result").hidden = false;
  byId("result").dataset.logits = JSON.stringify(answer.logits);
  byId("forget").hidden = false;
}

/** Runs one action; the buttons rest meanwhile, and a failure is told in words. */
async function busy(text, work) {
  byId("ask").disabled = byId("forget").disabled = true;
  say(text);
  try {
    say(await work());
  } catch (failure) {
    say(wordsFor(failure), true);
  } finally {
    byId("progress").hidden = true;
    byId("ask").disabled = byId("forget").disabled = false;
  }
}

function input() {
  const text = byId("text").value;
  const apiKey = byId("key").value.trim();
  if (!apiKey) {
    byId("key").focus();
    throw { message: "The appliance answers only with an access key. Type the one that its operator gave you." };
  }
  return { apiKey, text };
}

byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  byId("result").hidden = true;
  busy("encrypting, sending, waiting…", async () => {
    const { apiKey, text } = input();
    if (!text.trim()) {
      byId("text").focus();
      throw { message: "There is no sentence yet: write one, or choose an example." };
    }
    byId("progress").hidden = false;
    show(await call("ask", { apiKey, text }));
    return "answered";
  });
});

byId("forget").addEventListener("click", () => {
  busy("forgetting…", async () => {
    const told = await call("forget", { apiKey: byId("key").value.trim() });
    byId("forget").hidden = byId("result").hidden = true;
    return told
      ? "The secret key is gone from this browser, and its public keys from the appliance."
      : "The secret key is gone from this browser. The appliance could not be told; it deletes public keys that nobody uses.";
  });
});

for (const example of document.querySelectorAll(".example")) {
  example.addEventListener("click", () => {
    byId("text").value = example.textContent;
    byId("text").focus();
  });
}

const lack = missing();
if (lack) {
  byId("ask").disabled = true;
  say(lack, true);
} else {
  start();
  call("look").then((found) => (byId("forget").hidden = !found), () => {});
}
