/** The page: takes a text, shows the answer, and what left this machine. */

import { byId, bytes, drawing, list, say, svg } from "./common.js";

let models = [];

async function fetched(path, options) {
  const token = byId("token").value.trim();
  const headers = { "Content-Type": "application/json" };
  if (token) {
    headers.Authorization = "Bearer " + token;
  }
  const response = await fetch(path, { ...options, headers, cache: "no-store", credentials: "omit" });
  const json = await response.json();
  if (response.status === 401) {
    byId("locked").hidden = false;
  }
  if (!response.ok) {
    throw new Error(json.error);
  }
  return json;
}

async function loadModels() {
  models = await fetched("/page/models");
  byId("model").replaceChildren(
    ...models.map((model) => {
      const option = document.createElement("option");
      option.value = model.name;
      option.textContent = model.gives ? `${model.name} (${model.gives}, mode ${model.mode})` : `${model.name} (not ready)`;
      return option;
    }),
  );
  choose();
}

function choose() {
  const chosen = models.find((model) => model.name === byId("model").value);
  byId("pair").hidden = !(chosen && chosen.pairs);
}

function bars(rows) {
  const picture = drawing(640, 26 * rows.length, "probabilities of the labels");
  rows.forEach((row, i) => {
    svg(picture, "text", { x: 150, y: 26 * i + 16, "text-anchor": "end" }, row.label);
    svg(picture, "rect", { class: "bar", x: 160, y: 26 * i + 5, width: Math.max(1, 400 * row.probability), height: 14 });
    svg(picture, "text", { x: 168 + 400 * row.probability, y: 26 * i + 16 }, row.probability.toFixed(3));
  });
  return picture;
}

function headline(answer) {
  if (answer.label !== undefined) {
    return answer.label || "(no label)";
  }
  if (answer.value !== undefined) {
    return answer.value.toFixed(4);
  }
  return answer.words ? `${answer.words.length} words` : `${answer.embedding.length} numbers`;
}

function details(answer) {
  if (answer.probabilities) {
    return [bars(answer.probabilities)];
  }
  if (answer.words) {
    const words = document.createElement("dl");
    list(words, answer.words.map((word) => [word.word, word.label]));
    return [words];
  }
  if (answer.embedding) {
    const text = document.createElement("p");
    text.textContent = answer.embedding.slice(0, 8).map((v) => v.toFixed(4)).join(", ") + ", …";
    return [text];
  }
  return [];
}

/** Levels over the messages: a point a message, at the number of its limbs. */
function levels(passages) {
  const most = Math.max(...passages.map((passage) => passage.limbs));
  const width = Math.max(640, 36 * passages.length);
  const height = 200;
  const x = (i) => 50 + (i * (width - 80)) / Math.max(1, passages.length - 1);
  const y = (limbs) => 20 + ((most - limbs) * (height - 60)) / Math.max(1, most - 1);
  const picture = drawing(width, height, "levels of the ciphertexts, message by message");
  for (let limbs = 1; limbs <= most; limbs += 1) {
    svg(picture, "line", { class: "axis", x1: 40, x2: width - 20, y1: y(limbs), y2: y(limbs) });
    svg(picture, "text", { x: 32, y: y(limbs) + 4, "text-anchor": "end" }, String(limbs - 1));
  }
  passages.forEach((passage, i) => {
    if (i > 0) {
      const before = passages[i - 1];
      svg(picture, "line", { class: before.up ? "work" : "here", x1: x(i - 1), y1: y(before.limbs), x2: x(i), y2: y(passage.limbs) });
    }
  });
  passages.forEach((passage, i) => {
    svg(picture, "circle", { class: passage.up ? "up" : "down", cx: x(i), cy: y(passage.limbs), r: 5 });
    if (passages.length <= 30) {
      svg(picture, "text", { x: x(i), y: height - 20, "text-anchor": "middle" }, (passage.up ? "↑" : "↓") + passage.ciphertexts);
    }
  });
  svg(picture, "text", { x: 4, y: height - 4 }, "levels left; ↑ ciphertexts sent, ↓ ciphertexts received");
  return picture;
}

function show(answer) {
  byId("answer").textContent = headline(answer);
  byId("details").replaceChildren(...details(answer));
  const sent = answer.passages.filter((passage) => passage.up).reduce((sum, passage) => sum + passage.ciphertexts, 0);
  list(byId("left"), [
    ["ciphertexts", `${bytes(answer.bytesUp)} in ${sent} ciphertexts, of at most ${answer.tokenClass} tokens`],
    ["public keys", answer.keyBytes ? bytes(answer.keyBytes) : "0 bytes: they were there"],
    ["text", "0 bytes"],
    ["came back", bytes(answer.bytesDown)],
    ["mode", `${answer.mode}, ${answer.rounds} rounds, engine ${answer.engine}`],
    ["time", `${answer.totalSeconds.toFixed(2)} s, of which the appliance ${answer.applianceSeconds.toFixed(2)} s`],
  ]);
  byId("picture").replaceChildren(...(answer.passages.length ? [levels(answer.passages)] : []));
  byId("result").hidden = false;
}

async function ask(event) {
  event.preventDefault();
  byId("ask").disabled = true;
  byId("result").hidden = true;
  say("encrypting, sending, waiting…");
  try {
    if (!models.length) {
      await loadModels();
    }
    const body = { model: byId("model").value, text: byId("text").value };
    if (!byId("pair").hidden) {
      body.second = byId("second").value;
    }
    show(await fetched("/page/ask", { method: "POST", body: JSON.stringify(body) }));
    say("answered");
  } catch (failure) {
    say(failure.message, true);
  } finally {
    byId("ask").disabled = false;
  }
}

byId("form").addEventListener("submit", ask);
byId("model").addEventListener("change", choose);
byId("token").addEventListener("change", () => loadModels().catch((failure) => say(failure.message, true)));
loadModels().catch((failure) => say(failure.message, true));
