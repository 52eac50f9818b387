/** Pictures of an answer: probabilities, tokens, the ciphertext as dots, and what crossed the network. */

import { bytes, drawing, svg } from "./common.js";

/** Bars of the labels' probabilities, from logits. */
export function bars(labels, logits) {
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const sum = powers.reduce((a, b) => a + b);
  const picture = drawing(640, 26 * labels.length, "probabilities of the labels");
  labels.forEach((label, i) => {
    const share = powers[i] / sum;
    svg(picture, "text", { x: 100, y: 26 * i + 17, "text-anchor": "end" }, label);
    svg(picture, "rect", { class: "bar", x: 112, y: 26 * i + 6, rx: 2, width: Math.max(1, 400 * share), height: 14 });
    const number = `${share.toFixed(3)} · logit ${logits[i].toFixed(3)}`;
    svg(picture, "text", { x: 120 + 400 * share, y: 26 * i + 17 }, number);
  });
  return picture;
}

/** A text's pieces, as they stand in the vocabulary. */
export function pieces(list) {
  return list.map((piece) => {
    const node = document.createElement("span");
    node.textContent = piece;
    node.classList.toggle("around", /^\[(CLS|SEP)]$/.test(piece));
    return node;
  });
}

/** Residues of a ciphertext as grey dots, a byte a dot. */
export function noise(canvas, sample) {
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  const skipped = 192 + 64; // header and seed
  for (let i = 0; i < canvas.width * canvas.height; i += 1) {
    const grey = sample[skipped + (i % (sample.length - skipped))];
    image.data.set([grey, grey, grey, 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
}

function box(picture, x, name, lines) {
  svg(picture, "rect", { class: "box", x, y: 8, width: 150, height: 160, rx: 8 });
  svg(picture, "text", { class: "strong", x: x + 75, y: 32, "text-anchor": "middle" }, name);
  lines.forEach((line, i) => {
    svg(picture, "text", { x: x + 75, y: 58 + 18 * i, "text-anchor": "middle" }, line);
  });
}

function arrow(picture, y, kind, text) {
  const [from, to] = kind === "down" ? [478, 168] : [162, 472];
  svg(picture, "line", { class: `line-${kind}`, x1: from, x2: to, y1: y, y2: y });
  if (kind !== "none") {
    const back = kind === "down" ? 8 : -8;
    svg(picture, "path", { class: kind, d: `M${to} ${y}l${back} -5v10z` });
  }
  svg(picture, "text", { x: 320, y: y - 6, "text-anchor": "middle" }, text);
}

/** Browser, appliance, and what crossed between them. */
export function crossed(answer) {
  const picture = drawing(640, 176, "what crossed the network");
  box(picture, 6, "this browser", ["text", "tokens, embeddings", "secret key", "answer"]);
  box(picture, 484, "the appliance", ["model weights", "public keys", "ciphertexts", "no text, no secret key"]);
  arrow(picture, 38, "up", answer.keyBytes ? `public keys, for all questions: ${bytes(answer.keyBytes)}` : "public keys: they were there");
  arrow(picture, 76, "up", `${answer.ciphertexts} ciphertexts: ${bytes(answer.bytesUp)}`);
  arrow(picture, 114, "down", `1 ciphertext: ${bytes(answer.bytesDown)}`);
  arrow(picture, 160, "none", "text, tokens, secret key: 0 bytes");
  return picture;
}
